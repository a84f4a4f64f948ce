package io.matrixrtc.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.FrameHeader;
import io.matrixrtc.testkit.relay.PublishedFrame;
import io.matrixrtc.testkit.relay.RelayedFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HeldFramesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T10:00:00Z");

  private final List<Long> givenUp = new ArrayList<>();
  private final List<Long> opened = new ArrayList<>();
  private final HeldFrames held = new HeldFrames(frame -> givenUp.add(frame.globalSequence()));

  @Test
  void aFrameWaitsForItsKeyInOrder_RECORDING_LATE() {
    hold(0, 1, 2);
    retry(Set.of());
    assertThat(held.size()).isEqualTo(3);
    retry(Set.of(0L, 1L, 2L));
    assertThat(opened).containsExactly(0L, 1L, 2L);
    assertThat(givenUp).isEmpty();
    assertThat(held.size()).isZero();
  }

  @Test
  void whatIsOvertakenIsGivenUpAndWhatComesAfterWaitsOn_RECORDING_LATE() {
    hold(0, 1, 2, 3);
    retry(Set.of(1L, 2L));
    assertThat(opened).containsExactly(1L, 2L);
    assertThat(givenUp).containsExactly(0L);
    retry(Set.of(3L));
    assertThat(opened).containsExactly(1L, 2L, 3L);
  }

  @Test
  void atTheBoundsAndOneBeyond_RECORDING_LATE() {
    hold(LongStream.range(0, HeldFrames.MAX_FRAMES).toArray());
    assertThat(givenUp).isEmpty();
    hold(HeldFrames.MAX_FRAMES);
    assertThat(givenUp).containsExactly(0L);
    assertThat(held.size()).isEqualTo(HeldFrames.MAX_FRAMES);
    held.expire(NOW.plus(HeldFrames.MAX_AGE).minusNanos(1));
    assertThat(held.size()).isEqualTo(HeldFrames.MAX_FRAMES);
    held.expire(NOW.plus(HeldFrames.MAX_AGE));
    assertThat(held.size()).isZero();
    assertThat(givenUp).hasSize(HeldFrames.MAX_FRAMES + 1);
  }

  @Test
  void whatIsClearedIsGivenUp_RECORDING_LATE() {
    hold(0, 1);
    held.clear();
    assertThat(givenUp).containsExactly(0L, 1L);
    retry(Set.of(0L, 1L));
    assertThat(opened).isEmpty();
  }

  private void hold(long... numbers) {
    for (long number : numbers) {
      held.hold(frame(number), NOW, HeldFrames.MAX_AGE);
    }
  }

  private void retry(Set<Long> numbers) {
    held.retry(
        frame -> {
          boolean opens = numbers.contains(frame.globalSequence());
          if (opens) {
            opened.add(frame.globalSequence());
          }
          return opens;
        });
  }

  private static RelayedFrame frame(long number) {
    FrameHeader header =
        new FrameHeader(TrackKind.AUDIO, "opus", number, 0, 1, true, Duration.ZERO);
    return new RelayedFrame(number, NOW, "@a:x:A", PublishedFrame.of(header, new byte[] {1}));
  }
}
