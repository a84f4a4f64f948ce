package io.matrixrtc.keys;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Who is in the call besides us and may have our keys, and how many came lately. */
final class PresentMembers {
  private final MemberTable members = new MemberTable();
  private MemberSet all = members.copy();
  private final Map<DeviceAddress, Integer> devices = new HashMap<>();
  private final Set<DeviceAddress> devicesView = Collections.unmodifiableSet(devices.keySet());
  private final Deque<Instant> joins = new ArrayDeque<>();

  void change(Collection<CallMember> joined, Collection<CallMember> left, Instant now) {
    for (CallMember member : left) {
      if (members.take(member)) {
        devices.computeIfPresent(member.device(), (one, count) -> count == 1 ? null : count - 1);
      }
    }
    for (CallMember member : joined) {
      if (members.put(member)) {
        devices.merge(member.device(), 1, Integer::sum);
      }
    }
    all = members.copy();
    joined.forEach(member -> joins.addLast(now));
    while (joins.size() > DemandPolicy.MANY_JOINS) {
      joins.removeFirst();
    }
  }

  /** All of this moment. */
  MemberSet all() {
    return all;
  }

  /** Their devices; a live view. */
  Set<DeviceAddress> devices() {
    return devicesView;
  }

  /** How many joined lately; no more are counted than make many. */
  int joinsLately(Instant now) {
    Instant from = now.minus(DemandPolicy.LATELY);
    return (int) joins.stream().filter(at -> at.isAfter(from)).count();
  }
}
