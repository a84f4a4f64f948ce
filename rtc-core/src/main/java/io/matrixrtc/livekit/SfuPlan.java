package io.matrixrtc.livekit;

import io.matrixrtc.session.Membership;
import io.matrixrtc.session.Transport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which SFUs a device connects to: the one it publishes on, and each that a member publishes on
 * (SFU-MULTI). Each member's mode is read from that member, so calls may be mixed (SFU-MIXED).
 *
 * @param publishing where the device's own media goes; empty if it is no member, or names no SFU
 * @param members who publishes on which SFU, in the order of the list of members, oneself included
 * @param unreachable members that cannot be heard: they name no SFU, or none that may be used
 */
public record SfuPlan(
    Optional<ServiceUrl> publishing,
    Map<ServiceUrl, List<Membership>> members,
    List<Membership> unreachable) {
  /** SFUs that one call may have (SFU-BOUND); members of further ones are unreachable. */
  public static final int MAX_SFUS = 32;

  public SfuPlan {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    unreachable = List.copyOf(unreachable);
  }

  /**
   * Plans for the members of a session.
   *
   * @param members sorted as the session sorts them, the oldest first
   * @param own one's own membership, if one is a member
   */
  public static SfuPlan of(List<Membership> members, Optional<Membership> own) {
    Map<ServiceUrl, List<Membership>> reached = new LinkedHashMap<>();
    List<Membership> unreachable = new ArrayList<>();
    Optional<Membership> oldest = members.stream().findFirst();
    Optional<ServiceUrl> publishing = own.flatMap(mine -> sfu(mine, oldest.orElse(mine)));
    publishing.ifPresent(sfu -> reached.put(sfu, new ArrayList<>()));
    for (Membership member : members) {
      Optional<ServiceUrl> sfu = sfu(member, oldest.orElseThrow());
      boolean fits =
          sfu.isPresent() && (reached.containsKey(sfu.get()) || reached.size() < MAX_SFUS);
      if (fits) {
        reached.computeIfAbsent(sfu.get(), first -> new ArrayList<>()).add(member);
      } else {
        unreachable.add(member);
      }
    }
    reached.replaceAll((sfu, there) -> List.copyOf(there));
    return new SfuPlan(publishing, reached, unreachable);
  }

  private static Optional<ServiceUrl> sfu(Membership member, Membership oldest) {
    Optional<Transport> transport = member.publishesOn(oldest);
    return transport.flatMap(ServiceUrl::of);
  }
}
