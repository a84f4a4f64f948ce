package io.matrixrtc.homeserver.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A token bucket for each class and caller. Used on the state thread. */
final class RateLimiter {
  /** Buckets kept before full ones are dropped. */
  static final int MAX_BUCKETS = 10_000;

  private record BucketKey(RateClass rateClass, String caller) {}

  private record Bucket(double tokens, Instant at) {}

  private final RateLimits limits;
  private final InstantSource clock;
  private final Map<BucketKey, Bucket> buckets = new HashMap<>();

  RateLimiter(RateLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Takes one request, or returns how long to wait for the next one. */
  Optional<Duration> take(RateClass rateClass, String caller) {
    Optional<RateLimits.Limit> limit = limits.of(rateClass);
    return limit.isEmpty() ? Optional.empty() : take(new BucketKey(rateClass, caller), limit.get());
  }

  private Optional<Duration> take(BucketKey key, RateLimits.Limit limit) {
    Instant now = clock.instant();
    double tokens = tokens(buckets.get(key), limit, now);
    if (tokens >= 1) {
      buckets.put(key, new Bucket(tokens - 1, now));
      dropFull(now);
      return Optional.empty();
    }
    double seconds = (1 - tokens) / limit.perSecond();
    return Optional.of(Duration.ofMillis((long) Math.ceil(seconds * 1000)));
  }

  private static double tokens(@Nullable Bucket bucket, RateLimits.Limit limit, Instant now) {
    if (bucket == null) {
      return limit.burst();
    }
    double seconds = Math.max(0, Duration.between(bucket.at(), now).toMillis()) / 1000.0;
    return Math.min(limit.burst(), bucket.tokens() + seconds * limit.perSecond());
  }

  // A full bucket says nothing that a missing one does not.
  private void dropFull(Instant now) {
    if (buckets.size() <= MAX_BUCKETS) {
      return;
    }
    Iterator<Map.Entry<BucketKey, Bucket>> all = buckets.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<BucketKey, Bucket> entry = all.next();
      RateLimits.Limit limit = limits.of(entry.getKey().rateClass()).orElseThrow();
      if (tokens(entry.getValue(), limit, now) >= limit.burst()) {
        all.remove();
      }
    }
  }
}
