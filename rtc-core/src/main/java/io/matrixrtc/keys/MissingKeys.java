package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Notices members whose keys do not come (DIAG-MISSING): none at all some time after the member was
 * learned of, or none for frames that arrive. A silent member may have no key yet, so that the
 * first alone is no fault.
 */
final class MissingKeys {
  /** A member without any key is reported so long after it was learned of. */
  static final Duration WITHOUT_KEY = Duration.ofSeconds(10);

  /** A member whose frames have no key is reported so long after the first of them. */
  static final Duration WITH_FRAMES = Duration.ofSeconds(1);

  private final Map<CallMember, Watch> watches = new LinkedHashMap<>();

  private static final class Watch {
    private final Instant learnedAt;
    private boolean hasKey;
    private boolean reported;
    private @Nullable Instant frameAt;

    Watch(Instant learnedAt) {
      this.learnedAt = learnedAt;
    }

    Optional<Instant> due() {
      if (frameAt != null) {
        return Optional.of(frameAt.plus(WITH_FRAMES));
      }
      return hasKey || reported ? Optional.empty() : Optional.of(learnedAt.plus(WITHOUT_KEY));
    }

    /** From when the key is missing. */
    Instant since() {
      return frameAt == null ? learnedAt : frameAt;
    }
  }

  void joined(CallMember member, boolean hasKey, Instant now) {
    Watch watch = new Watch(now);
    watch.hasKey = hasKey;
    watches.put(member, watch);
  }

  void left(CallMember member) {
    watches.remove(member);
  }

  /** A frame came that no key of its sender is for. */
  void frameWithoutKey(String mediaIdentity, Instant now) {
    watches.forEach(
        (member, watch) -> {
          if (member.mediaIdentity().equals(mediaIdentity) && watch.frameAt == null) {
            watch.frameAt = now;
            watch.reported = false;
          }
        });
  }

  /**
   * A new key of the member is here.
   *
   * @return since when it was missing, as was reported; empty if it was not
   */
  Optional<Duration> arrived(CallMember member, Instant now) {
    Watch watch = watches.get(member);
    if (watch == null) {
      return Optional.empty();
    }
    Optional<Duration> missing =
        watch.reported ? Optional.of(Duration.between(watch.since(), now)) : Optional.empty();
    watch.hasKey = true;
    watch.reported = false;
    watch.frameAt = null;
    return missing;
  }

  /** How long ago the member was learned of. */
  Duration age(CallMember member, Instant now) {
    Watch watch = watches.get(member);
    return watch == null ? Duration.ZERO : Duration.between(watch.learnedAt, now);
  }

  void wakeup(
      Instant now,
      Function<CallMember, Optional<KeyRefusal>> lastRefusal,
      Collection<KeyEffect> out) {
    watches.forEach(
        (member, watch) -> {
          Optional<Instant> due = watch.reported ? Optional.empty() : watch.due();
          if (due.isPresent() && !now.isBefore(due.get())) {
            watch.reported = true;
            KeyOffers.report(
                out,
                new KeyEvent.RemoteKeyMissing(
                    member,
                    Duration.between(watch.since(), now),
                    watch.frameAt != null,
                    lastRefusal.apply(member)));
          }
        });
  }

  Optional<Instant> nextWakeup() {
    List<Instant> times = new ArrayList<>();
    watches.values().stream()
        .filter(watch -> !watch.reported)
        .forEach(w -> w.due().ifPresent(times::add));
    return times.stream().min(Instant::compareTo);
  }

  void clear() {
    watches.clear();
  }
}
