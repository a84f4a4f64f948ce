package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemberSnapshotTest {
  private static CallMember member(int number) {
    String user = "@u" + number + ":example.org";
    return new CallMember(new DeviceAddress(user, "A"), user + ":A", Instant.EPOCH, user + ":A");
  }

  private static List<CallMember> members(int from, int to) {
    return IntStream.range(from, to).mapToObj(MemberSnapshotTest::member).toList();
  }

  @Test
  void itIsTheSetOfWhoCameAndDidNotGoHoweverManyChangesThereWere() {
    Random random = new Random(7);
    Set<CallMember> expected = new HashSet<>();
    MemberSnapshot members = MemberSnapshot.NOBODY;
    for (int round = 0; round < 2_000; round++) {
      List<CallMember> left = drawn(random);
      List<CallMember> joined = drawn(random);
      members = members.changed(joined, left);
      left.forEach(expected::remove);
      expected.addAll(joined);
      assertThat(members).hasSameSizeAs(expected).isEqualTo(expected);
      assertThat(new ArrayList<>(members)).containsExactlyInAnyOrderElementsOf(expected);
      for (int i = 0; i < 100; i++) {
        assertThat(members.contains(member(i))).isEqualTo(expected.contains(member(i)));
      }
    }
  }

  private static List<CallMember> drawn(Random random) {
    return random
        .ints(random.nextInt(4), 0, 100)
        .distinct()
        .mapToObj(MemberSnapshotTest::member)
        .toList();
  }

  @Test
  void atTheEdgeOfManyDifferencesAndOneBeyondNothingIsLost() {
    MemberSnapshot large = MemberSnapshot.NOBODY.changed(members(0, 100), List.of());
    for (int more :
        new int[] {MemberSnapshot.MAX_DIFFERENCES, MemberSnapshot.MAX_DIFFERENCES + 1}) {
      assertThat(large.changed(members(100, 100 + more), List.of()))
          .containsExactlyInAnyOrderElementsOf(members(0, 100 + more));
      assertThat(large.changed(List.of(), members(0, more)))
          .containsExactlyInAnyOrderElementsOf(members(more, 100));
    }
  }

  @Test
  void aMomentStaysAsItWasWhenTheNextOneIsMade() {
    MemberSnapshot before = MemberSnapshot.NOBODY.changed(members(0, 50), List.of());
    MemberSnapshot after = before.changed(members(50, 51), members(0, 1));
    assertThat(before).containsExactlyInAnyOrderElementsOf(members(0, 50));
    assertThat(after).containsExactlyInAnyOrderElementsOf(members(1, 51));
    assertThat(after.changed(members(0, 1), members(50, 51))).isEqualTo(before);
  }

  @Test
  void whoLeftAndJoinedInOneChangeIsThere() {
    MemberSnapshot before = MemberSnapshot.NOBODY.changed(members(0, 2), List.of());
    assertThat(before.changed(members(0, 1), members(0, 1))).isEqualTo(before);
  }
}
