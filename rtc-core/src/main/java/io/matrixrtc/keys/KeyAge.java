package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When the key in use has encrypted enough (KEY-AGE): after 1 h ±10 %, or before 2³¹ frames. */
final class KeyAge {
  static final Duration LIFE = Duration.ofHours(1);

  /** The share of {@link #LIFE} by which lives differ, so that not all keys end at once. */
  static final double SPREAD = 0.1;

  /** So many frames, less what can be sent before a new key is in use. */
  static final long MAX_FRAMES = (1L << 31) - (1L << 20);

  private final RandomGenerator random;
  private @Nullable Instant endsAt;
  private boolean told;
  private long framesBefore;

  KeyAge(RandomGenerator random) {
    this.random = random;
  }

  /** Another key is in use and has encrypted nothing. */
  void fresh(long framesAsked) {
    endsAt = null;
    told = false;
    framesBefore = framesAsked;
  }

  void firstFrame(Instant now) {
    if (endsAt == null) {
      double factor = 1 + SPREAD * (2 * random.nextDouble() - 1);
      endsAt = now.plusMillis((long) (LIFE.toMillis() * factor));
    }
  }

  boolean isOver(Instant now, long framesAsked) {
    return endsAt != null && !now.isBefore(endsAt) || framesAsked - framesBefore >= MAX_FRAMES;
  }

  /** As {@link #isOver}, true only the first time. */
  boolean isNewlyOver(Instant now, long framesAsked) {
    boolean first = !told && isOver(now, framesAsked);
    told |= first;
    return first;
  }

  /** When time ends it; empty once {@link #isNewlyOver} told. */
  Optional<Instant> endsAt() {
    return told ? Optional.empty() : Optional.ofNullable(endsAt);
  }
}
