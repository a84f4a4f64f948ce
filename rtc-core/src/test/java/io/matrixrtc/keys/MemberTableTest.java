package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemberTableTest {
  private static CallMember member(int number) {
    String user = "@u" + number + ":example.org";
    return new CallMember(new DeviceAddress(user, "A"), user + ":A", Instant.EPOCH, user + ":A");
  }

  @Test
  void itHoldsWhoWasPutInAndNotTakenOutThroughGrowthAndCollisions() {
    Random random = new Random(7);
    Set<CallMember> expected = new HashSet<>();
    MemberTable members = new MemberTable();
    for (int round = 0; round < 20_000; round++) {
      int range = 1 + round / 100; // small, so full; then larger
      CallMember member = member(random.nextInt(range));
      if (random.nextInt(3) > 0) {
        assertThat(members.put(member)).isEqualTo(expected.add(member));
      } else {
        assertThat(members.take(member)).isEqualTo(expected.remove(member));
      }
      if (round % 50 == 0) {
        MemberSet all = members.copy();
        assertThat(all).hasSameSizeAs(expected).isEqualTo(expected);
        assertThat(new ArrayList<>(all)).containsExactlyInAnyOrderElementsOf(expected);
        for (int i = 0; i < range; i++) {
          assertThat(all.contains(member(i))).isEqualTo(expected.contains(member(i)));
        }
      }
    }
  }

  @Test
  void aCopyStaysAsItWas() {
    MemberTable members = new MemberTable();
    members.put(member(1));
    members.put(member(2));
    MemberSet before = members.copy();
    assertThat(MemberSet.copyOf(before)).isSameAs(before);
    members.take(member(1));
    members.put(member(3));
    assertThat(before).containsExactlyInAnyOrder(member(1), member(2));
    assertThat(members.copy()).as("control").containsExactlyInAnyOrder(member(2), member(3));
  }

  @Test
  void aCopyOfAnotherSetIsOneToo() {
    Set<CallMember> other = new HashSet<>(Set.of(member(1)));
    Set<CallMember> copy = MemberSet.copyOf(other);
    other.clear();
    assertThat(copy).containsExactly(member(1));
  }

  @Test
  void aCopyCannotBeChangedAndItsIteratorEnds() {
    MemberTable members = new MemberTable();
    members.put(member(1));
    MemberSet copy = members.copy();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> copy.add(member(2)));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> copy.remove(member(1)));
    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(copy::clear);
    Iterator<CallMember> all = copy.iterator();
    assertThat(all.next()).isEqualTo(member(1));
    assertThat(all.hasNext()).isFalse();
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(all::next);
  }
}
