package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether this device can still know who is in the call (KEY-VIEW): no successful sync for 10 s, or
 * a rotation owed for 10 s, is reported, and by default media is held until it is mended. Without a
 * first sync being reported nothing is expected.
 */
final class ViewWatch {
  static final Duration LIMIT = Duration.ofSeconds(10);

  private @Nullable Instant syncedAt;
  private @Nullable Instant owedSince;
  private boolean stale;
  private boolean overdue;

  void synced(Instant now, Collection<KeyEffect> out) {
    syncedAt = now;
    if (stale) {
      stale = false;
      KeyOffers.report(out, new KeyEvent.ViewMended());
    }
  }

  void owed(boolean owed, Instant now) {
    if (!owed) {
      owedSince = null;
      overdue = false;
    } else if (owedSince == null) {
      owedSince = now;
    }
  }

  void wakeup(Instant now, Collection<KeyEffect> out) {
    if (!stale && syncedAt != null && !now.isBefore(syncedAt.plus(LIMIT))) {
      stale = true;
      KeyOffers.report(out, new KeyEvent.ViewStale(syncedAt));
    }
    if (!overdue && owedSince != null && !now.isBefore(owedSince.plus(LIMIT))) {
      overdue = true;
      KeyOffers.report(out, new KeyEvent.RotationOverdue(owedSince));
    }
  }

  /** Whether media should not leave. */
  boolean isBad() {
    return stale || overdue;
  }

  Stream<Instant> nextWakeup() {
    Optional<Instant> sync =
        stale ? Optional.empty() : Optional.ofNullable(syncedAt).map(at -> at.plus(LIMIT));
    Optional<Instant> owed =
        overdue ? Optional.empty() : Optional.ofNullable(owedSince).map(at -> at.plus(LIMIT));
    return Stream.concat(sync.stream(), owed.stream());
  }
}
