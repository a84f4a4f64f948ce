package io.matrixrtc.backup.ondemand;

import io.matrixrtc.e2ee.RoomKeyId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gets the keys of messages that could not be decrypted, because the key is missing or known from a
 * later index only (LANE-LATER). Looks in the store, then in what a running download has fetched,
 * then asks the server, for up to {@value #MAX_AT_ONCE} keys at once. Confined to one executor.
 */
public final class MissingKeyLane {
  /** Most requests at once. */
  public static final int MAX_AT_ONCE = 4;

  /** Most keys that wait (LANE-BOUND); who waits longest without being visible goes first. */
  public static final int MAX_WAITING = 2_000;

  /** Most keys that are remembered as not there, and as failed. */
  public static final int MAX_REMEMBERED = 10_000;

  private static final Duration FIRST_WAIT = Duration.ofMillis(100);

  private record Wish(RoomKeyId id, long index, boolean visible, Instant notBefore) {}

  private final LocalKeys local;
  private final Map<RoomKeyId, Wish> waiting = new LinkedHashMap<>();
  private final Map<RoomKeyId, Wish> asking = new HashMap<>();
  private final KeyBackoff notThere =
      new KeyBackoff(Duration.ofSeconds(60), Duration.ofHours(1), MAX_REMEMBERED);
  private final KeyBackoff failed =
      new KeyBackoff(Duration.ofSeconds(5), Duration.ofMinutes(5), MAX_REMEMBERED);
  private Optional<String> version = Optional.empty();
  private @Nullable Instant laneRestsUntil;

  /** Looks into {@code local} before it asks. */
  public MissingKeyLane(LocalKeys local) {
    this.local = local;
  }

  /**
   * Which version is asked: one whose private key we hold, and that is current; empty if there is
   * none now, or none is needed since everything was downloaded and nothing has changed. What waits
   * goes on waiting (LANE-READY).
   */
  public List<LaneEffect> use(Optional<String> current, Instant now) throws IOException {
    if (!current.equals(version)) {
      notThere.clear();
      version = current;
    }
    return wake(now);
  }

  /** The backup's etag changed: what was not there may be now. */
  public void backupChanged() {
    notThere.clear();
  }

  /**
   * A message could not be decrypted. Waits a moment, in case its key is about to arrive.
   *
   * @param index of the message in its session
   * @param visible whether somebody is looking at its room
   */
  public List<LaneEffect> wanted(RoomKeyId id, long index, boolean visible, Instant now)
      throws IOException {
    if (asking.containsKey(id)) { // LANE-ONCE
      return List.of();
    }
    Wish before = waiting.remove(id);
    long earliest = before == null ? index : Math.min(index, before.index());
    Instant notBefore = before == null ? now.plus(FIRST_WAIT) : before.notBefore();
    waiting.put(
        id, new Wish(id, earliest, visible || (before != null && before.visible()), notBefore));
    if (waiting.size() > MAX_WAITING) {
      dropOne();
    }
    return wake(now);
  }

  /** The user looks at these rooms now, and at no others: their keys go first (LANE-ORDER). */
  public void lookingAt(Set<String> rooms) {
    waiting.replaceAll(
        (id, wish) -> new Wish(id, wish.index(), rooms.contains(id.roomId()), wish.notBefore()));
  }

  private void dropOne() {
    RoomKeyId oldest = waiting.keySet().iterator().next();
    for (Wish wish : waiting.values()) {
      if (!wish.visible()) {
        oldest = wish.id();
        break;
      }
    }
    waiting.remove(oldest);
  }

  /** A timer went off, or something ended. */
  public List<LaneEffect> wake(Instant now) throws IOException {
    List<LaneEffect> effects = new ArrayList<>();
    Optional<Instant> next = Optional.empty();
    for (Wish wish : inOrder()) {
      Instant from = notBefore(wish, now);
      if (from.isAfter(now)) {
        if (next.isEmpty() || from.isBefore(next.get())) {
          next = Optional.of(from);
        }
      } else {
        attend(wish, now, effects);
      }
    }
    next.ifPresent(time -> effects.add(new LaneEffect.WakeAt(time)));
    return effects;
  }

  /** Visible rooms first, then what was asked for last (LANE-ORDER). */
  private List<Wish> inOrder() {
    List<Wish> wishes = new ArrayList<>(waiting.values());
    Collections.reverse(wishes);
    wishes.sort((one, other) -> Boolean.compare(other.visible(), one.visible()));
    return wishes;
  }

  private Instant notBefore(Wish wish, Instant now) {
    Instant rest = laneRestsUntil;
    Instant from = rest != null && rest.isAfter(wish.notBefore()) ? rest : wish.notBefore();
    Instant missing = notThere.restsUntil(wish.id(), now).orElse(from);
    Instant broken = failed.restsUntil(wish.id(), now).orElse(from);
    Instant later = missing.isAfter(broken) ? missing : broken;
    return later.isAfter(from) ? later : from;
  }

  private void attend(Wish wish, Instant now, List<LaneEffect> effects) throws IOException {
    if (local.canOpen(wish.id(), wish.index())) {
      waiting.remove(wish.id());
      return;
    }
    Optional<String> fetched = local.fetchedEntry(wish.id());
    if (fetched.isPresent()) { // LANE-SPOOL
      waiting.remove(wish.id());
      effects.add(new LaneEffect.Import(wish.id(), fetched.get()));
    } else if (version.isPresent() && asking.size() < MAX_AT_ONCE) {
      waiting.remove(wish.id());
      asking.put(wish.id(), wish);
      effects.add(new LaneEffect.Ask(version.get(), wish.id()));
    }
  }

  /** Asking ended. Failures of one key do not hold up the others (LANE-BACKOFF). */
  public List<LaneEffect> answered(RoomKeyId id, LaneAnswer answer, Instant now)
      throws IOException {
    Wish wish = asking.remove(id);
    if (wish == null) {
      return List.of();
    }
    switch (answer) {
      case IMPORTED -> arrived(id);
      case NOT_THERE, DAMAGED -> notThere.rest(id, now);
      case FAILED -> {
        failed.rest(id, now);
        waiting.put(
            id, new Wish(id, wish.index(), wish.visible(), now)); // again, when it has rested
      }
    }
    return wake(now);
  }

  /** The server wants to be left alone: no key is asked for until then (LANE-429). */
  public List<LaneEffect> rateLimited(RoomKeyId id, Duration retryAfter, Instant now)
      throws IOException {
    Wish wish = asking.remove(id);
    if (wish == null) {
      return List.of();
    }
    laneRestsUntil = now.plus(retryAfter);
    waiting.put(id, new Wish(id, wish.index(), true, now)); // the same key first
    return wake(now);
  }

  /** A key arrived in some other way. */
  public void arrived(RoomKeyId id) {
    waiting.remove(id);
    failed.forget(id);
    notThere.forget(id);
  }

  /** Asks for nothing more; answers that still come do not count (LANE-STOP). */
  public void stop() {
    waiting.clear();
    asking.clear();
    version = Optional.empty();
  }

  /** Whether the answer for a key is still wanted: what arrives for others is not imported. */
  public boolean isAsking(RoomKeyId id) {
    return asking.containsKey(id);
  }

  /** How many keys wait. */
  public int waitingKeys() {
    return waiting.size();
  }
}
