package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which errors reach the application. */
class ErrorLimiterVectorsTest {

  @TestFactory
  Stream<DynamicTest> errorLimiter() {
    return LiveKitVectors.tests("error-limiter", ErrorLimiterVectorsTest::check);
  }

  private static void check(JsonNode vector) {
    ErrorLimiter<String> limiter =
        new ErrorLimiter<>(
            Duration.ofMillis(vector.get("throttleMs").asLong()),
            Duration.ofMillis(vector.get("windowMs").asLong()),
            vector.get("maxPerWindow").asInt());
    JsonNode times = vector.get("callTimesMs");
    int notices = 0;
    for (int i = 0; i < times.size(); i++) {
      Instant now = Instant.ofEpochMilli(times.get(i).asLong());
      ErrorLimiter.Decision decision = limiter.onError("key", now);
      assertThat(decision == ErrorLimiter.Decision.EMIT)
          .as("call %d", i)
          .isEqualTo(vector.get("emitted").get(i).asBoolean());
      if (decision == ErrorLimiter.Decision.SUPPRESS_WITH_NOTICE) {
        notices++;
      }
    }
    assertThat(notices).isEqualTo(vector.get("suppressCallbacks").asInt());
  }
}
