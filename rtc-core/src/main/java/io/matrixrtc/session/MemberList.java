package io.matrixrtc.session;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.MembershipReading.IgnoreReason;
import io.matrixrtc.session.MembershipReading.Ignored;
import io.matrixrtc.session.MembershipReading.Joined;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
   * Computes the list (G1-SLOT, G1-EXPIRY, G1-ROOM, G1-ORDER, G1-IDENTITY, RS-12).
   *
   * @param room the state; events of other slots than its own are ignored
   */
  static MemberList of(RoomCallState room, Instant now) {
    List<RoomCallState.ReadEvent> events = room.events(now);
    Set<Key> sticky = new HashSet<>();
    for (RoomCallState.ReadEvent read : events) {
      if (read.event() instanceof StickyMemberEvent event
          && filter(read, room, now) instanceof Joined) {
        event.stickyKey().ifPresent(key -> sticky.add(new Key(event.sender(), key)));
      }
    }
    List<Membership> members = new ArrayList<>();
    List<IgnoredEvent> ignored = new ArrayList<>();
    for (RoomCallState.ReadEvent read : events) {
      MembershipReading reading = filter(read, room, now);
      if (reading instanceof Joined && isSuperseded(read.event(), sticky)) {
        reading = new Ignored(IgnoreReason.SUPERSEDED, "state_key");
      }
      if (reading instanceof Joined joined) {
        members.add(joined.membership());
      } else if (reading instanceof Ignored no) {
        ignored.add(
            new IgnoredEvent(
                read.event().eventId(), read.event().sender(), no.reason(), no.detail()));
      }
    }
    dropImpostors(members, ignored);
    members.sort(OLDEST_FIRST);
    Optional<Instant> nextExpiry =
        members.stream().flatMap(member -> member.expiresAt().stream()).min(Instant::compareTo);
    return new MemberList(members, ignored, nextExpiry);
  }

  private record Key(String sender, String key) {}

  /**
   * RS-12: a state event whose key is the sticky key of a membership that counts is the same
   * membership. Only the same sender's: sticky keys are free to choose.
   */
  private static boolean isSuperseded(MemberEvent event, Set<Key> sticky) {
    return event instanceof CallMemberEvent state
        && sticky.contains(new Key(state.sender(), state.stateKey()));
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
      RoomCallState.ReadEvent read, RoomCallState room, Instant now) {
    if (!(read.reading() instanceof Joined joined)) {
      return read.reading();
    }
    Membership membership = joined.membership();
    MembershipForm form = membership.form();
    boolean isRead = form.isSticky() ? room.sources().stickyEvents() : room.sources().stateEvents();
    if (!isRead) {
      return new Ignored(IgnoreReason.SWITCHED_OFF, form.name());
    }
    if (!membership.slot().equals(room.slot())) {
      return new Ignored(IgnoreReason.OTHER_SLOT, "slot");
    }
    if (room.isClosedTo(form)) {
      return new Ignored(IgnoreReason.SLOT_CLOSED, "slot");
    }
    if (membership.expiresAt().filter(at -> !at.isAfter(now)).isPresent()) {
      return new Ignored(IgnoreReason.EXPIRED, "expires");
    }
    return room.isInRoom(membership.device().userId())
        ? read.reading()
        : new Ignored(IgnoreReason.NOT_IN_ROOM, "sender");
  }
}
