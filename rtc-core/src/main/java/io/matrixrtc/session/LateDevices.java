package io.matrixrtc.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When to publish an encrypted membership once more for devices that came after it and cannot read
 * it (G2-LATE): spread over all members, and not often.
 */
final class LateDevices {
  /** So much later at most than the devices came. */
  static final Duration JITTER = Duration.ofSeconds(5);

  /** Not sooner than so long after the last time. */
  static final Duration GAP = Duration.ofSeconds(30);

  private final RandomGenerator random;
  private Optional<Instant> at = Optional.empty();

  LateDevices(RandomGenerator random) {
    this.random = random;
  }

  /** Some came. */
  void came(Instant now) {
    if (at.isEmpty()) {
      at = Optional.of(now.plusMillis(random.nextLong(JITTER.toMillis())));
    }
  }

  /** The membership goes out, for all who are there. */
  void served() {
    at = Optional.empty();
  }

  /** When to publish again, if {@code usual} is when it would be done anyway. */
  Instant next(Instant publishedAt, Instant usual) {
    Instant soonest = publishedAt.plus(GAP);
    return at.map(due -> due.isBefore(soonest) ? soonest : due)
        .filter(due -> due.isBefore(usual))
        .orElse(usual);
  }
}
