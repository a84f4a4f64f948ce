package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a silent participant may spend (KEY-SILENT): 200 messages a minute, each piece of work after
 * a jitter of up to 10 s. A likely speaker is made ready once nobody has left for a minute, since
 * the next leave would waste it, and if it was in vain waits longer each time.
 */
final class BackgroundWork {
  /** Messages in a minute, and at once at most. */
  static final int BUDGET = 200;

  static final Duration PER = Duration.ofMinutes(1);

  /** Work begins so much later at most. */
  static final Duration JITTER = Duration.ofSeconds(10);

  /** No key is made ready before nobody has left for this long. */
  static final Duration CALM = Duration.ofMinutes(1);

  /** Who spoke is a likely speaker for this long. */
  static final Duration REMEMBERED = Duration.ofMinutes(5);

  private static final int MOST_DOUBLINGS = 6;
  private static final double ROUNDING = 1e-6;

  private final RandomGenerator random;
  private double tokens = BUDGET;
  private @Nullable Instant refilledAt;
  private @Nullable Instant offerAt;
  private @Nullable Instant prepareAt;
  private @Nullable Instant preparedAt;
  private Instant calmAt = Instant.MIN;
  private int inVain;
  private @Nullable Instant spokeAt;
  private boolean hinted;

  BackgroundWork(RandomGenerator random) {
    this.random = random;
  }

  /** Somebody left: what is made ready now may be wasted by the next leave. */
  void left(Instant now) {
    calmAt = now.plus(CALM);
    prepareAt = null;
  }

  /** A frame was, or was to be, sent. */
  void spoke(Instant now) {
    spokeAt = now;
    inVain = 0;
    prepareAt = null;
    offerAt = null;
  }

  /** The app expects this device to speak soon, or no longer. */
  void hint(boolean likely) {
    hinted = likely;
  }

  void spend(int messages) {
    tokens -= messages;
    offerAt = null;
  }

  /** A key was made ready. */
  void prepared(Instant now) {
    inVain++;
    preparedAt = now;
    prepareAt = null;
  }

  /**
   * What may be done for {@code offers} members who can be let in, or {@code everyone} of a new
   * key.
   */
  RotationView.Background view(int offers, int everyone, boolean owing, Instant now) {
    refill(now);
    boolean likely = hinted || spokeAt != null && now.isBefore(spokeAt.plus(REMEMBERED));
    if (offers > 0 && offerAt == null) {
      offerAt = now.plus(jitter());
    }
    if (owing && likely && prepareAt == null && everyone <= BUDGET) {
      prepareAt = later(now, calmAt).plus(jitter());
      if (preparedAt != null && inVain > 0) {
        Instant again = preparedAt.plus(PER.multipliedBy(1L << Math.min(inVain, MOST_DOUBLINGS)));
        prepareAt = again.isAfter(prepareAt) ? again : prepareAt;
      }
    }
    return new RotationView.Background(
        (int) (tokens + ROUNDING),
        offerAt == null ? now : later(offerAt, affordable(1, now)),
        likely && everyone <= BUDGET,
        prepareAt == null ? now : later(prepareAt, affordable(everyone, now)));
  }

  private Instant affordable(int messages, Instant now) {
    double lacking = messages - tokens;
    return lacking <= 0 ? now : now.plusMillis((long) Math.ceil(lacking * PER.toMillis() / BUDGET));
  }

  private void refill(Instant now) {
    if (refilledAt != null && now.isAfter(refilledAt)) {
      double millis = Duration.between(refilledAt, now).toMillis();
      tokens = Math.min(BUDGET, tokens + millis * BUDGET / PER.toMillis());
    }
    refilledAt = now;
  }

  private Duration jitter() {
    return Duration.ofMillis((long) (random.nextDouble() * JITTER.toMillis()));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
