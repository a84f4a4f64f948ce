package io.matrixrtc.session;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What changed from one list of members to the next. */
final class MemberChanges {
  private MemberChanges() {}

  /**
   * Compares two lists. A participation that ended and one of the same device that began are a
   * re-join (G1-REJOIN).
   */
  static List<SessionEvent> between(List<Membership> before, List<Membership> after) {
    Map<CallMember, Membership> old = byParticipation(before);
    Map<CallMember, Membership> now = byParticipation(after);
    Map<DeviceAddress, Membership> ended = new LinkedHashMap<>();
    old.forEach(
        (participation, membership) -> {
          if (!now.containsKey(participation)) {
            ended.put(participation.device(), membership);
          }
        });
    List<SessionEvent> events = new ArrayList<>();
    List<SessionEvent> arrivals = new ArrayList<>();
    now.forEach(
        (participation, membership) -> {
          Membership same = old.get(participation);
          if (same == null) {
            Membership over = ended.remove(participation.device());
            arrivals.add(
                over == null
                    ? new SessionEvent.MemberJoined(membership)
                    : new SessionEvent.MemberRejoined(over, membership));
          } else if (!same.equals(membership)) {
            arrivals.add(new SessionEvent.MemberUpdated(same, membership));
          }
        });
    old.forEach(
        (participation, membership) -> {
          if (ended.get(participation.device()) == membership) {
            events.add(new SessionEvent.MemberLeft(membership));
          }
        });
    events.addAll(arrivals);
    return events;
  }

  private static Map<CallMember, Membership> byParticipation(List<Membership> members) {
    Map<CallMember, Membership> map = new LinkedHashMap<>();
    members.forEach(member -> map.putIfAbsent(member.callMember(), member));
    return map;
  }
}
