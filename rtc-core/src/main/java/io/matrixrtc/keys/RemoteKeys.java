package io.matrixrtc.keys;

import io.matrixrtc.keys.KeyEvent.DropCause;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The receiving half: one ring of keys for each device in the call, given to the participations of
 * that device; keys that came early; keys of devices that left a moment ago.
 */
final class RemoteKeys {
  /** As many keys of a device are kept to be replayed; the oldest goes. LiveKit's ring size. */
  static final int RING_KEYS = 16;

  /** So long after a device left, its keys are kept for its return (KEY-RETIRE). */
  static final Duration RETURN_TIME = Duration.ofSeconds(60);

  /** As many devices that left are remembered; the first that left goes. */
  static final int MAX_DEPARTED = 256;

  /** As many devices' last refusals are remembered; the oldest goes. */
  static final int MAX_REFUSALS = 256;

  private final Participations present = new Participations();
  private final Map<DeviceAddress, RemoteRing> rings = new LinkedHashMap<>();
  private final Map<DeviceAddress, Departed> departed = new LinkedHashMap<>();
  private final Map<DeviceAddress, KeyRefusal> refusals = new LinkedHashMap<>();
  private final EarlyKeys early = new EarlyKeys();
  private final MissingKeys absent = new MissingKeys();

  private record Departed(RemoteRing ring, Instant until) {}

  void changed(
      Collection<CallMember> arrived,
      Collection<CallMember> gone,
      Instant now,
      Collection<KeyEffect> out) {
    wakeup(now, out);
    gone.forEach(present::remove);
    gone.forEach(absent::left);
    arrived.forEach(member -> present.add(member, now));
    gone.stream()
        .filter(member -> !present.has(member.mediaIdentity()))
        .map(KeyEffect.DropRemote::new)
        .forEach(out::add);
    gone.forEach(member -> depart(member.device(), now));
    for (CallMember member : arrived) {
      DeviceAddress device = member.device();
      Departed back = departed.remove(device);
      if (back != null) {
        rings.put(device, back.ring());
      }
      absent.joined(member, rings.containsKey(device), now);
      replay(member, out);
    }
    arrived.stream()
        .map(CallMember::device)
        .distinct()
        .forEach(device -> early.take(device).forEach(key -> accept(key, now, out)));
  }

  void received(ReceivedKey key, Instant now, Collection<KeyEffect> out) {
    wakeup(now, out);
    if (present.has(key.from())) {
      accept(key, now, out);
      return;
    }
    early.hold(key, now).ifPresent(pushed -> drop(pushed, DropCause.NO_ROOM, out));
    report(out, new KeyEvent.EarlyKeyHeld(key.from(), key.index()));
  }

  /** A frame came that no key of its sender is for. */
  void frameWithoutKey(String mediaIdentity, Instant now) {
    present.of(mediaIdentity).forEach(member -> absent.frameWithoutKey(member, now));
  }

  void refused(KeyRefusal refusal, Collection<KeyEffect> out) {
    refusal
        .from()
        .device()
        .ifPresent(
            device -> {
              refusals.remove(device);
              refusals.put(device, refusal);
              trim(refusals, MAX_REFUSALS);
            });
    report(out, new KeyEvent.KeyRefused(refusal));
  }

  void wakeup(Instant now, Collection<KeyEffect> out) {
    early.takeExpired(now).forEach(key -> drop(key, DropCause.TOO_OLD, out));
    absent.wakeup(now, this::lastRefusal, out);
    departed
        .values()
        .removeIf(
            gone -> {
              boolean over = !now.isBefore(gone.until());
              if (over) {
                gone.ring().wipe();
              }
              return over;
            });
  }

  Optional<Instant> nextWakeup() {
    Stream<Instant> departures = departed.values().stream().map(Departed::until);
    return Stream.of(departures, early.nextExpiry().stream(), absent.nextWakeup().stream())
        .flatMap(times -> times)
        .min(Instant::compareTo);
  }

  /** Sets every key of every member present once more. */
  void replay(Collection<KeyEffect> out) {
    present.all().forEach(member -> replay(member, out));
  }

  int earlyKeys() {
    return early.size();
  }

  /** Whether each member present can be decrypted. */
  Map<CallMember, RemoteKeyState> states() {
    return present.map(entry -> state(entry.getKey(), entry.getValue()));
  }

  private RemoteKeyState state(CallMember member, Instant since) {
    RemoteRing ring = rings.get(member.device());
    return ring == null
        ? missing(member, since)
        : ring.newest()
            .<RemoteKeyState>map(
                newest ->
                    new RemoteKeyState.Held(
                        newest.index(),
                        newest.at(),
                        newest.received().evidence(),
                        newest.received().way(),
                        lastRefusal(member)))
            .orElseGet(() -> missing(member, since));
  }

  void wipe() {
    early.clear();
    rings.values().forEach(RemoteRing::wipe);
    departed.values().forEach(gone -> gone.ring().wipe());
    rings.clear();
    departed.clear();
    present.clear();
    absent.clear();
  }

  private void accept(ReceivedKey key, Instant now, Collection<KeyEffect> out) {
    RemoteRing ring = rings.computeIfAbsent(key.from(), device -> new RemoteRing());
    boolean isFirst = ring.newest().isEmpty();
    RemoteRing.Put put = ring.put(key, now);
    if (put instanceof RemoteRing.Put.Stored stored) {
      targets(key)
          .forEach(
              member -> {
                out.add(new KeyEffect.SetRemoteKey(member, key.index(), key.key()));
                report(
                    out,
                    new KeyEvent.RemoteKeyReceived(
                        member,
                        key.index(),
                        key.evidence(),
                        key.way(),
                        absent.age(member, now),
                        key.age(now),
                        isFirst));
                absent
                    .arrived(member, now)
                    .ifPresent(
                        late -> report(out, new KeyEvent.RemoteKeyLate(member, key.index(), late)));
              });
      stored.out().forEach(old -> out.add(new KeyEffect.Wipe(old)));
    } else {
      key.key().close();
      if (put instanceof RemoteRing.Put.Outdated) {
        refused(new KeyRefusal.Outdated(KeyRefusal.Origin.of(key.evidence()), key.index()), out);
      }
    }
  }

  /** The participations that a key is for (EM-ROUTE): the one it names, else all of the device. */
  private List<CallMember> targets(ReceivedKey key) {
    List<CallMember> all = present.of(key.from());
    List<CallMember> named =
        all.stream().filter(member -> member.memberId().equals(key.memberId())).toList();
    return named.isEmpty() ? all : named;
  }

  private void depart(DeviceAddress device, Instant now) {
    RemoteRing ring = present.has(device) ? null : rings.remove(device);
    if (ring != null) {
      departed.put(device, new Departed(ring, now.plus(RETURN_TIME)));
      Iterator<Departed> oldest = departed.values().iterator();
      if (departed.size() > MAX_DEPARTED) {
        oldest.next().ring().wipe();
        oldest.remove();
      }
    }
  }

  private void replay(CallMember member, Collection<KeyEffect> out) {
    RemoteRing ring = rings.get(member.device());
    if (ring != null) {
      ring.entries()
          .forEach(
              entry -> out.add(new KeyEffect.SetRemoteKey(member, entry.index(), entry.key())));
    }
  }

  private Optional<KeyRefusal> lastRefusal(CallMember member) {
    return Optional.ofNullable(refusals.get(member.device()));
  }

  private RemoteKeyState missing(CallMember member, Instant since) {
    return new RemoteKeyState.Missing(since, lastRefusal(member));
  }

  private static void drop(ReceivedKey key, DropCause cause, Collection<KeyEffect> out) {
    key.key().close();
    report(out, new KeyEvent.EarlyKeyDropped(key.from(), key.index(), cause));
  }

  private static <K, V> void trim(Map<K, V> map, int max) {
    Iterator<K> oldest = map.keySet().iterator();
    if (map.size() > max) {
      oldest.next();
      oldest.remove();
    }
  }

  private static void report(Collection<KeyEffect> out, KeyEvent event) {
    out.add(new KeyEffect.Report(event));
  }
}
