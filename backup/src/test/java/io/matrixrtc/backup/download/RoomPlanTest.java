package io.matrixrtc.backup.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoomPlanTest {
  private static final List<String> KNOWN =
      IntStream.range(0, 60).mapToObj(i -> "!room" + i + ":example.org").toList();
  private static final long PLENTY = Long.MAX_VALUE;

  private static List<String> rooms(long count, int attempts, long freeBytes) {
    return RoomPlan.of(count, attempts, freeBytes, KNOWN).rooms();
  }

  @Test
  void dlRoomsComeFirstBySizeAndAllOfThemIfTheWholeIsUnlikely() {
    assertThat(rooms(20_000, 0, PLENTY)).isEmpty();
    assertThat(rooms(20_001, 0, PLENTY)).isEqualTo(KNOWN.subList(0, 50));
    assertThat(rooms(300_000, 2, PLENTY)).hasSize(50);
    assertThat(rooms(300_001, 0, PLENTY)).isEqualTo(KNOWN);
    assertThat(rooms(10, 3, PLENTY)).isEqualTo(KNOWN);
    assertThat(rooms(100, 0, 3 * 900 * 100)).isEmpty();
    assertThat(rooms(100, 0, 3 * 900 * 100 - 1)).isEqualTo(KNOWN);
    assertThat(RoomPlan.of(30_000, 0, PLENTY, KNOWN.subList(0, 3)).rooms()).hasSize(3);
  }

  @Test
  void dlRoomsOnlyIfTheyWereAllAndNothingIsMissing() {
    RoomPlan all = RoomPlan.of(300_001, 0, PLENTY, KNOWN);
    assertThat(all.needsWhole(300_001, 300_000)).isTrue();
    assertThat(all.needsWhole(300_001, 300_001)).isFalse();
    assertThat(RoomPlan.of(30_000, 0, PLENTY, KNOWN).needsWhole(30_000, 30_000)).isTrue();
  }
}
