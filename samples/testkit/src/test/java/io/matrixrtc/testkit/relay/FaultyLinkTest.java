package io.matrixrtc.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultyLinkTest {
  private static final long MS = 1_000_000;

  private static List<Integer> run(LinkFaults faults, int items) {
    FaultyLink<Integer> link = new FaultyLink<>(faults);
    List<Integer> arrived = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      link.offer(i, i * 20L * MS);
      link.release(i * 20L * MS, arrived::add);
    }
    link.release(Long.MAX_VALUE / 2, arrived::add);
    link.release(Long.MAX_VALUE / 2 + LinkFaults.MAX_REORDER_HOLD.toNanos(), arrived::add);
    assertThat(link.size()).isZero();
    return arrived;
  }

  @Test
  void withoutFaultsAllArrivesAtOnceInOrder() {
    assertThat(run(LinkFaults.seeded(1), 100)).isEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void delayAndJitterKeepTheOrder() {
    FaultyLink<Integer> link =
        new FaultyLink<>(
            LinkFaults.seeded(3).delaying(Duration.ofMillis(100), Duration.ofMillis(50)));
    List<Integer> arrived = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      link.offer(i, 0);
    }
    link.release(100 * MS - 1, arrived::add);
    assertThat(arrived).isEmpty();
    assertThat(link.nanosToNext(0)).isBetween(100 * MS, 150 * MS);
    link.release(150 * MS, arrived::add);
    assertThat(arrived).isEqualTo(IntStream.range(0, 100).boxed().toList());
    assertThat(link.nanosToNext(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void reorderingLosesNothingAndMovesNothingFurtherThanItsDepth() {
    Cases.run(
        "reordering",
        200,
        5_000,
        (seed, random) -> {
          int depth = 1 + random.nextInt(8);
          List<Integer> arrived = run(LinkFaults.seeded(seed).reordering(0.2, depth), 200);
          assertThat(arrived).hasSize(200).doesNotHaveDuplicates();
          assertThat(arrived).isNotEqualTo(IntStream.range(0, 200).boxed().toList());
        });
  }

  @Test
  void aFrameThatNobodyOvertakesGoesOutAfterTheHold() {
    FaultyLink<Integer> link = new FaultyLink<>(LinkFaults.seeded(1).reordering(1, 4));
    List<Integer> arrived = new ArrayList<>();
    link.offer(0, 0);
    link.release(0, arrived::add);
    long hold = LinkFaults.MAX_REORDER_HOLD.toNanos();
    assertThat(link.nanosToNext(0)).isEqualTo(hold);
    link.release(hold - 1, arrived::add);
    assertThat(arrived).isEmpty();
    link.release(hold, arrived::add);
    assertThat(arrived).containsExactly(0);
  }

  @Test
  void theSameSeedGivesTheSameFaults() {
    LinkFaults faults = LinkFaults.seeded(5).dropping(0.2).reordering(0.2, 3);
    assertThat(run(faults, 500)).isEqualTo(run(faults, 500)).hasSizeBetween(350, 450);
    assertThat(run(LinkFaults.seeded(6).dropping(0.2).reordering(0.2, 3), 500))
        .isNotEqualTo(run(faults, 500));
  }

  @Test
  void faultsHaveBounds() {
    LinkFaults ok = LinkFaults.seeded(1).reordering(1, LinkFaults.MAX_REORDER_DEPTH).dropping(1);
    assertThat(ok.delaying(LinkFaults.MAX_DELAY, LinkFaults.MAX_DELAY)).isNotNull();
    assertThatThrownBy(() -> ok.dropping(1.01)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ok.dropping(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ok.reordering(0.1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ok.reordering(0.1, LinkFaults.MAX_REORDER_DEPTH + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ok.delaying(LinkFaults.MAX_DELAY.plusNanos(1), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
