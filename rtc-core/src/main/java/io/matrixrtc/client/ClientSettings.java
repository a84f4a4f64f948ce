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
 * @param sync how it syncs
 */
public record ClientSettings(
    HttpTransport http,
    SerialScheduler scheduler,
    RandomGenerator random,
    RetryPolicy retries,
    Duration requestTimeout,
    SyncSettings sync) {
  /** How long a request may take if nothing else is said. */
  public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(30);

  public ClientSettings {
    if (requestTimeout.isZero() || requestTimeout.isNegative()) {
      throw new IllegalArgumentException("client settings: want a positive time limit");
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
        SyncSettings.defaults());
  }

  /** Returns the settings with another source of jitter. */
  public ClientSettings withRandom(RandomGenerator other) {
    return new ClientSettings(http, scheduler, other, retries, requestTimeout, sync);
  }

  /** Returns the settings with other retries. */
  public ClientSettings withRetries(RetryPolicy other) {
    return new ClientSettings(http, scheduler, random, other, requestTimeout, sync);
  }

  /** Returns the settings with another time limit for requests. */
  public ClientSettings withRequestTimeout(Duration limit) {
    return new ClientSettings(http, scheduler, random, retries, limit, sync);
  }

  /** Returns the settings with another way to sync. */
  public ClientSettings withSync(SyncSettings other) {
    return new ClientSettings(http, scheduler, random, retries, requestTimeout, other);
  }
}
