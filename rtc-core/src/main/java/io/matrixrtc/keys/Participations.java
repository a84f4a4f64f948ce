package io.matrixrtc.keys;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The participations in a call and since when they are known, found by device and by media identity
 * without a search through all: in a call of a thousand there is a change every second, and each
 * key that arrives asks.
 */
final class Participations {
  private final Map<CallMember, Instant> since = new LinkedHashMap<>();
  private final Map<DeviceAddress, Set<CallMember>> byDevice = new HashMap<>();
  private final Map<String, Set<CallMember>> byIdentity = new HashMap<>();

  void add(CallMember member, Instant now) {
    since.put(member, now);
    byDevice.computeIfAbsent(member.device(), one -> new LinkedHashSet<>()).add(member);
    byIdentity.computeIfAbsent(member.mediaIdentity(), one -> new LinkedHashSet<>()).add(member);
  }

  void remove(CallMember member) {
    if (since.remove(member) != null) {
      remove(byDevice, member.device(), member);
      remove(byIdentity, member.mediaIdentity(), member);
    }
  }

  private static <K> void remove(Map<K, Set<CallMember>> index, K key, CallMember member) {
    index.computeIfPresent(
        key,
        (same, members) -> {
          members.remove(member);
          return members.isEmpty() ? null : members;
        });
  }

  /** In the order of their coming; a copy. */
  List<CallMember> of(DeviceAddress device) {
    return copy(byDevice.get(device));
  }

  /** In the order of their coming; a copy. */
  List<CallMember> of(String mediaIdentity) {
    return copy(byIdentity.get(mediaIdentity));
  }

  private static List<CallMember> copy(@Nullable Collection<CallMember> members) {
    return members == null ? List.of() : List.copyOf(members);
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
