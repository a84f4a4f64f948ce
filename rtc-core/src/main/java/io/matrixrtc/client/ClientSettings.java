package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What a client works with.
 *
 * @param http carries the requests; many clients may share one
 * @param scheduler confines the state of <em>one</em> client, and is its clock
 * @param random spreads repetitions; no secrets come from it
 * @param retries when failed requests are repeated
 * @param requestTimeout until the answer to a request must be there, the long poll left out
 * @param longPoll how long the homeserver may hold a sync until there is something to tell
 */
public record ClientSettings(
    HttpTransport http,
    SerialScheduler scheduler,
    RandomGenerator random,
    RetryPolicy retries,
    Duration requestTimeout,
    Duration longPoll) {
  /** How long a request may take if nothing else is said. */
  public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(30);

  /** How long a sync may be held if nothing else is said. */
  public static final Duration DEFAULT_LONG_POLL = Duration.ofSeconds(30);

  public ClientSettings {
    if (requestTimeout.isZero() || requestTimeout.isNegative() || longPoll.isNegative()) {
      throw new IllegalArgumentException("client settings: want positive durations");
    }
  }

  /** Returns the usual settings. */
  public static ClientSettings of(HttpTransport http, SerialScheduler scheduler) {
    return new ClientSettings(
        http,
        scheduler,
        new SecureRandom(),
        RetryPolicy.defaults(),
        DEFAULT_REQUEST_TIMEOUT,
        DEFAULT_LONG_POLL);
  }

  /** Returns the settings with another source of jitter. */
  public ClientSettings withRandom(RandomGenerator other) {
    return new ClientSettings(http, scheduler, other, retries, requestTimeout, longPoll);
  }

  /** Returns the settings with other retries. */
  public ClientSettings withRetries(RetryPolicy other) {
    return new ClientSettings(http, scheduler, random, other, requestTimeout, longPoll);
  }

  /** Returns the settings with another time limit for requests. */
  public ClientSettings withRequestTimeout(Duration limit) {
    return new ClientSettings(http, scheduler, random, retries, limit, longPoll);
  }

  /** Returns the settings with another long poll. */
  public ClientSettings withLongPoll(Duration wait) {
    return new ClientSettings(http, scheduler, random, retries, requestTimeout, wait);
  }
}
