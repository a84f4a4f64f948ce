package io.matrixrtc.keys;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The participations in a call and since when they are known, found by device and by media identity
 * without a search through all: in a call of a thousand there is a change every second, and each
 * key that arrives asks.
 */
final class Participations {
  private final Map<CallMember, Instant> since = new LinkedHashMap<>();
  // Immutable lists, nearly all of one: small where a thousand members each know a thousand.
  private final Map<DeviceAddress, List<CallMember>> byDevice = new HashMap<>();
  private final Map<String, List<CallMember>> byIdentity = new HashMap<>();

  void add(CallMember member, Instant now) {
    if (since.put(member, now) == null) {
      add(byDevice, member.device(), member);
      add(byIdentity, member.mediaIdentity(), member);
    }
  }

  private static <K> void add(Map<K, List<CallMember>> index, K key, CallMember member) {
    List<CallMember> before = index.get(key);
    if (before == null) {
      index.put(key, List.of(member));
    } else {
      List<CallMember> all = new ArrayList<>(before);
      all.add(member);
      index.put(key, List.copyOf(all));
    }
  }

  void remove(CallMember member) {
    if (since.remove(member) != null) {
      remove(byDevice, member.device(), member);
      remove(byIdentity, member.mediaIdentity(), member);
    }
  }

  private static <K> void remove(Map<K, List<CallMember>> index, K key, CallMember member) {
    index.computeIfPresent(
        key,
        (same, members) ->
            members.size() == 1
                ? null
                : members.stream().filter(other -> !other.equals(member)).toList());
  }

  /** In the order of their coming; immutable. */
  List<CallMember> of(DeviceAddress device) {
    return byDevice.getOrDefault(device, List.of());
  }

  /** In the order of their coming; immutable. */
  List<CallMember> of(String mediaIdentity) {
    return byIdentity.getOrDefault(mediaIdentity, List.of());
  }

  boolean has(DeviceAddress device) {
    return byDevice.containsKey(device);
  }

  boolean has(String mediaIdentity) {
    return byIdentity.containsKey(mediaIdentity);
  }

  Set<CallMember> all() {
    return since.keySet();
  }

  /** What {@code state} says of each, given the member and when it was learned of. */
  <S> Map<CallMember, S> map(Function<Map.Entry<CallMember, Instant>, S> state) {
    Map<CallMember, S> states = new LinkedHashMap<>();
    since.entrySet().forEach(entry -> states.put(entry.getKey(), state.apply(entry)));
    return states;
  }

  void clear() {
    since.clear();
    byDevice.clear();
    byIdentity.clear();
  }
}
