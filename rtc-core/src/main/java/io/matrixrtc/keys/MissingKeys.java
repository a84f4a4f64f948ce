package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
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

  /** Those that something is due for: few, so that looking costs nothing in a large call. */
  private final Map<CallMember, Watch> waiting = new LinkedHashMap<>();

  /** Nothing of {@link #waiting} is due before: it is asked for at each input, of many members. */
  private Instant noneDueBefore = Instant.MAX;

  private static final class Watch {
    private final Instant learnedAt;
    private boolean hasKey;
    private boolean reported;
    private @Nullable Instant frameAt;

    Watch(Instant learnedAt) {
      this.learnedAt = learnedAt;
    }

    Optional<Instant> due() {
      if (reported) {
        return Optional.empty();
      }
      if (frameAt != null) {
        return Optional.of(frameAt.plus(WITH_FRAMES));
      }
      return hasKey ? Optional.empty() : Optional.of(learnedAt.plus(WITHOUT_KEY));
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
    noteDue(member, watch);
  }

  private void noteDue(CallMember member, Watch watch) {
    Optional<Instant> due = watch.due();
    if (due.isPresent()) {
      waiting.put(member, watch);
      noneDueBefore = earlier(noneDueBefore, due.get());
    } else {
      waiting.remove(member);
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  void left(CallMember member) {
    watches.remove(member);
    waiting.remove(member);
  }

  /** A frame of the member came that none of its keys is for. */
  void frameWithoutKey(CallMember member, Instant now) {
    Watch watch = watches.get(member);
    if (watch != null && watch.frameAt == null) {
      watch.frameAt = now;
      watch.reported = false;
      noteDue(member, watch);
    }
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
    waiting.remove(member);
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
    if (now.isBefore(noneDueBefore)) {
      return;
    }
    noneDueBefore = Instant.MAX;
    for (Iterator<Map.Entry<CallMember, Watch>> all = waiting.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<CallMember, Watch> entry = all.next();
      Watch watch = entry.getValue();
      Instant due = watch.due().orElse(Instant.MAX);
      if (now.isBefore(due)) {
        noneDueBefore = earlier(noneDueBefore, due);
      } else {
        watch.reported = true;
        KeyOffers.report(
            out,
            new KeyEvent.RemoteKeyMissing(
                entry.getKey(),
                Duration.between(watch.since(), now),
                watch.frameAt != null,
                lastRefusal.apply(entry.getKey())));
        all.remove();
      }
    }
  }

  /** When to look again; maybe for one that has come meanwhile. */
  Optional<Instant> nextWakeup() {
    return waiting.isEmpty() ? Optional.empty() : Optional.of(noneDueBefore);
  }

  void clear() {
    watches.clear();
    waiting.clear();
    noneDueBefore = Instant.MAX;
  }
}
