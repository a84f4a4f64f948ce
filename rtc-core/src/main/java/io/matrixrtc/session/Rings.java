package io.matrixrtc.session;

import io.matrixrtc.session.SessionEvent.RingEnded.Cause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Calls that this user is told of and has neither joined nor declined (MSC4075, MSC4310). Inputs
 * and time in, events out.
 */
final class Rings {
  /** As many at a time; further ones are ignored (RING-BOUND). */
  static final int MAX = 16;

  /** As many ids of notifications that are over, or own, are remembered. */
  static final int MAX_KNOWN = 256;

  private final SlotId slot;
  private final String ownUser;
  private final Map<String, CallNotification> ringing = new LinkedHashMap<>();
  private final Set<String> over = new LinkedHashSet<>();
  private final Set<String> own = new LinkedHashSet<>();

  Rings(SlotId slot, String ownUser) {
    this.slot = slot;
    this.ownUser = ownUser;
  }

  /** This user sent a notification. */
  void sent(String eventId) {
    remember(own, eventId);
  }

  /**
   * What the room said.
   *
   * @param isInCall whether a user is in the call
   * @param slotClosed whether the slot is known to be closed
   */
  List<SessionEvent> on(
      NoticeReading reading, Predicate<String> isInCall, boolean slotClosed, Instant now) {
    if (reading instanceof NoticeReading.Notified notified) {
      return notified(notified.notification(), isInCall, slotClosed, now);
    } else if (reading instanceof NoticeReading.Declined declined) {
      return declined(declined);
    }
    return List.of();
  }

  private List<SessionEvent> notified(
      CallNotification notification, Predicate<String> isInCall, boolean slotClosed, Instant now) {
    boolean concerns =
        notification.mentionsRoom() || notification.mentionedUsers().contains(ownUser);
    boolean ignored =
        notification.sender().equals(ownUser)
            || over.contains(notification.eventId())
            || ringing.containsKey(notification.eventId())
            || ringing.size() >= MAX
            || !concerns
            || slotClosed
            || notification.slotId().filter(id -> !id.equals(slot.toString())).isPresent()
            || isInCall.test(ownUser)
            || !now.isBefore(notification.endsAt());
    if (ignored) {
      return List.of();
    }
    ringing.put(notification.eventId(), notification);
    return List.of(new SessionEvent.CallNotified(notification));
  }

  private List<SessionEvent> declined(NoticeReading.Declined declined) {
    String id = declined.notificationEventId();
    if (own.contains(id) && !declined.sender().equals(ownUser)) {
      return List.of(new SessionEvent.CallDeclined(declined.sender(), id));
    }
    if (!declined.sender().equals(ownUser)) {
      return List.of();
    }
    remember(over, id); // a decline may come before what it declines
    CallNotification notification = ringing.remove(id);
    return notification == null
        ? List.of()
        : List.of(new SessionEvent.RingEnded(notification, Cause.DECLINED));
  }

  /** The members changed, notifications were redacted, or time has passed. */
  List<SessionEvent> check(
      Predicate<String> isInCall, Collection<String> redacted, boolean callEnded, Instant now) {
    List<SessionEvent> events = new ArrayList<>();
    for (CallNotification notification : List.copyOf(ringing.values())) {
      Optional<Cause> cause = Optional.empty();
      if (isInCall.test(ownUser)) {
        cause = Optional.of(Cause.ANSWERED);
      } else if (redacted.contains(notification.eventId()) || callEnded) {
        cause = Optional.of(Cause.WITHDRAWN);
      } else if (!now.isBefore(notification.endsAt())) {
        cause = Optional.of(Cause.TIMED_OUT);
      }
      cause.ifPresent(
          why -> {
            ringing.remove(notification.eventId());
            remember(over, notification.eventId());
            events.add(new SessionEvent.RingEnded(notification, why));
          });
    }
    return events;
  }

  /** When {@link #check} is due next, if at all. */
  Optional<Instant> nextWakeup() {
    return ringing.values().stream().map(CallNotification::endsAt).min(Instant::compareTo);
  }

  private static void remember(Set<String> ids, String id) {
    ids.add(id);
    if (ids.size() > MAX_KNOWN) {
      ids.remove(ids.iterator().next());
    }
  }
}
