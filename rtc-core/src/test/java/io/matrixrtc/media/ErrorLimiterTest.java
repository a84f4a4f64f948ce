package io.matrixrtc.media;

import static io.matrixrtc.media.ErrorLimiter.Decision.EMIT;
import static io.matrixrtc.media.ErrorLimiter.Decision.SUPPRESS;
import static io.matrixrtc.media.ErrorLimiter.Decision.SUPPRESS_WITH_NOTICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ErrorLimiterTest {
  private final ErrorLimiter<String> limiter = ErrorLimiter.likeLiveKitClient();

  private ErrorLimiter.Decision at(long millis) {
    return limiter.onError("key", Instant.ofEpochMilli(millis));
  }

  @Test
  void oneASecond() {
    assertThat(at(0)).isEqualTo(EMIT);
    assertThat(at(999)).isEqualTo(SUPPRESS);
    assertThat(at(1_000)).isEqualTo(EMIT);
  }

  @Test
  void sixInARunThenOneNoticeUntilAPause() {
    for (int i = 0; i < 6; i++) {
      assertThat(at(i * 1_000L)).isEqualTo(EMIT);
    }
    assertThat(at(6_000)).isEqualTo(SUPPRESS_WITH_NOTICE);
    assertThat(at(7_000)).isEqualTo(SUPPRESS);
    assertThat(at(65_000)).isEqualTo(SUPPRESS);
    assertThat(at(65_001)).isEqualTo(EMIT);
  }

  @Test
  void keysAreIndependent() {
    assertThat(at(0)).isEqualTo(EMIT);
    assertThat(limiter.onError("other", Instant.EPOCH)).isEqualTo(EMIT);
    assertThat(at(1)).isEqualTo(SUPPRESS);
  }

  @Test
  void remembersTheKeysSeenLastUpToItsBound() {
    for (int i = 0; i < ErrorLimiter.MAX_KEYS; i++) {
      assertThat(limiter.onError("key " + i, Instant.EPOCH)).isEqualTo(EMIT);
    }
    assertThat(limiter.onError("key 0", Instant.EPOCH)).isEqualTo(SUPPRESS);
    assertThat(limiter.onError("one more", Instant.EPOCH)).isEqualTo(EMIT);
    assertThat(limiter.onError("key 1", Instant.EPOCH)).as("forgotten").isEqualTo(EMIT);
    assertThat(limiter.onError("key 0", Instant.EPOCH)).isEqualTo(SUPPRESS);
  }
}
