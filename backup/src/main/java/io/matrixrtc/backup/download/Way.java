package io.matrixrtc.backup.download;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much is imported at a time. While somebody waits for a single key, batches are small, so that
 * nothing is in its way for long (DL-WAY).
 */
final class Way {
  /** Most frames of a batch: DL-BATCH. */
  static final int MOST_FRAMES = 200;

  /** Most frames of a batch while somebody waits. */
  static final int FEW_FRAMES = 50;

  /** Who wanted one key will soon want another. */
  static final Duration KEPT_FREE = Duration.ofSeconds(2);

  private @Nullable Instant lastWish;

  /** Somebody waits for a key. */
  void make(Instant now) {
    lastWish = now;
  }

  /** How many frames the next batch may have; a clock that went back does not keep it small. */
  int frames(Instant now) {
    Instant last = lastWish;
    boolean waits = last != null && !now.isBefore(last) && now.isBefore(last.plus(KEPT_FREE));
    return waits ? FEW_FRAMES : MOST_FRAMES;
  }
}
