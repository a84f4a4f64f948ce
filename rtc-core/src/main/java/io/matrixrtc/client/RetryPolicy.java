package io.matrixrtc.client;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When to repeat a request that failed for a reason which may pass (HTTP-RETRY).
 *
 * @param first the wait after the first failure; doubled by each further one
 * @param longest no wait is longer, unless the homeserver asks for it
 * @param budget from the first try on; no wait that ends later is begun
 */
public record RetryPolicy(Duration first, Duration longest, Duration budget) {
  private static final int MAX_DOUBLINGS = 16;

  /** 0.5 s, doubled up to 15 s, for a minute. */
  public static RetryPolicy defaults() {
    return new RetryPolicy(Duration.ofMillis(500), Duration.ofSeconds(15), Duration.ofMinutes(1));
  }

  /** One try. */
  public static RetryPolicy none() {
    return new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO);
  }

  /**
   * Returns the wait before the next try, or nothing if there is none or it would end after the
   * budget (HTTP-BUDGET). After a 429 every request is repeated, as it was not carried out; after
   * anything unclear only one that may be carried out twice (HTTP-REPEATABLE).
   *
   * @param tries how many there were, from 1
   * @param elapsed since the first try
   */
  Optional<Duration> next(
      ApiRequest request, ApiFailure failure, int tries, Duration elapsed, RandomGenerator random) {
    boolean unclear = !(failure instanceof ApiFailure.RateLimited);
    if (!failure.isTransient() || (unclear && !request.repeatable())) {
      return Optional.empty();
    }
    Duration wait = delay(tries, failure, random);
    return elapsed.plus(wait).compareTo(budget) > 0 ? Optional.empty() : Optional.of(wait);
  }

  /**
   * The wait after {@code failures} in a row: between half of the doubled wait and the whole of it
   * (HTTP-JITTER); or a little longer than the homeserver asked for (HTTP-RETRY-AFTER).
   */
  Duration delay(int failures, ApiFailure last, RandomGenerator random) {
    int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
    Duration whole = first.multipliedBy(1L << doublings);
    if (whole.compareTo(longest) > 0) {
      whole = longest;
    }
    Duration wait = Duration.ofMillis((long) (whole.toMillis() * (0.5 + random.nextDouble() / 2)));
    return last instanceof ApiFailure.RateLimited limited && limited.retryAfter().isPresent()
        ? limited.retryAfter().get().plus(wait.dividedBy(4))
        : wait;
  }
}
