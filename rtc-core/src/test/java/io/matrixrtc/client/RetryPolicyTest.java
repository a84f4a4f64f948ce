package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final ApiFailure PASSING = new ApiFailure.ServerError(503);
  private final RetryPolicy policy = RetryPolicy.defaults();

  private static RandomGenerator always(double value) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }

  @Test
  void httpJitterBetweenHalfAndTheWhole() {
    assertThat(policy.delay(1, PASSING, always(0))).isEqualTo(Duration.ofMillis(250));
    assertThat(policy.delay(1, PASSING, always(Math.nextDown(1.0))))
        .isEqualTo(Duration.ofMillis(500));
    assertThat(policy.delay(3, PASSING, always(0))).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void httpJitterNeverLongerThanTheLongest() {
    SplittableRandom random = new SplittableRandom(7);
    for (int failures = 1; failures < 200; failures++) {
      assertThat(policy.delay(failures, PASSING, random))
          .isBetween(Duration.ofMillis(250), Duration.ofSeconds(15));
    }
    assertThat(policy.delay(Integer.MAX_VALUE, PASSING, always(0)))
        .isEqualTo(Duration.ofMillis(7500));
  }

  @Test
  void httpRetryAfterIsLeftAndALittleMore() {
    ApiFailure limited = new ApiFailure.RateLimited(Optional.of(Duration.ofSeconds(40)));
    assertThat(policy.delay(1, limited, always(0)))
        .isEqualTo(Duration.ofMillis(40_062).plusNanos(500_000));
  }

  @Test
  void httpBudgetAtItsEdgeAndBeyond() {
    ApiRequest get = ApiRequest.get("versions");
    Duration last = Duration.ofMinutes(1).minusMillis(250);
    assertThat(policy.next(get, PASSING, 1, last, always(0))).contains(Duration.ofMillis(250));
    assertThat(policy.next(get, PASSING, 1, last.plusMillis(1), always(0))).isEmpty();
  }
}
