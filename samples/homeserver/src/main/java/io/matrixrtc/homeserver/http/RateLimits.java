package io.matrixrtc.homeserver.http;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Which classes of requests are limited, and how. By default none is. */
public record RateLimits(Map<RateClass, Limit> limits) {
  /** {@code burst} requests at once, then {@code perSecond} of them. */
  public record Limit(int burst, double perSecond) {
    public Limit {
      if (burst < 1 || !(perSecond > 0)) {
        throw new IllegalArgumentException("rate limit: want a burst of 1 and a rate above 0");
      }
    }
  }

  public RateLimits {
    limits = Map.copyOf(limits);
  }

  public static RateLimits off() {
    return new RateLimits(Map.of());
  }

  /** These limits with one more class limited. */
  public RateLimits with(RateClass rateClass, int burst, double perSecond) {
    Map<RateClass, Limit> more = new EnumMap<>(RateClass.class);
    more.putAll(limits);
    more.put(rateClass, new Limit(burst, perSecond));
    return new RateLimits(more);
  }

  Optional<Limit> of(RateClass rateClass) {
    return Optional.ofNullable(limits.get(rateClass));
  }
}
