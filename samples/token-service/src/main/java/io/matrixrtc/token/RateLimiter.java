package io.matrixrtc.token;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A token bucket for each client (RATE-CLIENT). Remembers {@value #MAX_CLIENTS} clients, the
 * longest silent one goes first (RATE-BOUND). Not thread-safe.
 */
final class RateLimiter {
  /** Clients that are remembered. */
  static final int MAX_CLIENTS = 10_000;

  private final RateLimit limit;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_CLIENTS;
        }
      };

  private static final class Bucket {
    private double tokens;
    private long atNanos;

    Bucket(double tokens, long atNanos) {
      this.tokens = tokens;
      this.atNanos = atNanos;
    }
  }

  RateLimiter(RateLimit limit) {
    this.limit = limit;
  }

  /**
   * Counts a request.
   *
   * @param nanos the time, on a monotonic clock
   * @return how long to wait, if it is one too many
   */
  Optional<Duration> count(String client, long nanos) {
    if (limit.perSecond() == 0) {
      return Optional.empty();
    }
    Bucket bucket = buckets.computeIfAbsent(client, fresh -> new Bucket(limit.burst(), nanos));
    double refill = (nanos - bucket.atNanos) / 1e9 * limit.perSecond();
    bucket.tokens = Math.min(limit.burst(), bucket.tokens + refill);
    bucket.atNanos = nanos;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return Optional.empty();
    }
    return Optional.of(
        Duration.ofMillis((long) Math.ceil((1 - bucket.tokens) / limit.perSecond() * 1000)));
  }

  int size() {
    return buckets.size();
  }
}
