package io.matrixrtc.session;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who is in a session at one moment.
 *
 * @param members the memberships, the oldest first; equally old ones by event id
 * @param ignored events that do not count, leaves not among them
 * @param nextExpiry when the list changes by itself, if it does
 */
record MemberList(
    List<Membership> members, List<IgnoredEvent> ignored, Optional<Instant> nextExpiry) {
  static final MemberList EMPTY = new MemberList(List.of(), List.of(), Optional.empty());

  private static final Comparator<Membership> OLDEST_FIRST =
      Comparator.comparing(Membership::createdAt).thenComparing(Membership::eventId);

  MemberList {
    members = List.copyOf(members);
    ignored = List.copyOf(ignored);
  }

  /**
   * Computes the list (G1-SLOT, G1-EXPIRY, G1-ROOM, G1-ORDER, G1-IDENTITY).
   *
   * @param events the current state events
   * @param slot memberships of other slots are ignored; application and id both count
   * @param inRoom whether a user is joined to the room
   */
  static MemberList of(
      Collection<RoomCallState.ReadEvent> events,
      SlotId slot,
      Predicate<String> inRoom,
      Instant now) {
    List<Membership> members = new ArrayList<>();
    List<IgnoredEvent> ignored = new ArrayList<>();
    for (RoomCallState.ReadEvent read : events) {
      CallMemberEvent event = read.event();
      MembershipReading reading = filter(read.reading(), slot, inRoom, now);
      if (reading instanceof MembershipReading.Joined joined) {
        members.add(joined.membership());
      } else if (reading instanceof MembershipReading.Ignored no) {
        ignored.add(new IgnoredEvent(event.eventId(), event.sender(), no.reason(), no.detail()));
      }
    }
    dropImpostors(members, ignored);
    members.sort(OLDEST_FIRST);
    Optional<Instant> nextExpiry =
        members.stream().flatMap(member -> member.expiresAt().stream()).min(Instant::compareTo);
    return new MemberList(members, ignored, nextExpiry);
  }

  /**
   * G1-IDENTITY: user id and device id are joined by a colon, which both may hold, so two devices
   * can have one media identity. The longer user id keeps it: its server's name has a port, which
   * the other one put into a device id. Time is no argument, since senders choose what they state.
   */
  private static void dropImpostors(List<Membership> members, List<IgnoredEvent> ignored) {
    Map<String, DeviceAddress> owners = new HashMap<>();
    for (Membership member : members) {
      owners.merge(
          member.mediaIdentity(),
          member.device(),
          (one, other) -> one.userId().length() >= other.userId().length() ? one : other);
    }
    members.removeIf(
        member -> {
          boolean impostor = !member.device().equals(owners.get(member.mediaIdentity()));
          if (impostor) {
            ignored.add(
                new IgnoredEvent(
                    member.eventId(),
                    member.device().userId(),
                    IgnoreReason.IDENTITY_TAKEN,
                    "device_id"));
          }
          return impostor;
        });
  }

  private static MembershipReading filter(
      MembershipReading reading, SlotId slot, Predicate<String> inRoom, Instant now) {
    if (!(reading instanceof MembershipReading.Joined joined)) {
      return reading;
    }
    Membership membership = joined.membership();
    if (!membership.slot().equals(slot)) {
      return new MembershipReading.Ignored(IgnoreReason.OTHER_SLOT, "slot");
    }
    if (membership.expiresAt().filter(at -> !at.isAfter(now)).isPresent()) {
      return new MembershipReading.Ignored(IgnoreReason.EXPIRED, "expires");
    }
    return inRoom.test(membership.device().userId())
        ? reading
        : new MembershipReading.Ignored(IgnoreReason.NOT_IN_ROOM, "sender");
  }
}
