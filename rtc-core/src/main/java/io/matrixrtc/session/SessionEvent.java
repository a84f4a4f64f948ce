package io.matrixrtc.session;

import io.matrixrtc.keys.KeyEvent;
import java.util.Optional;

/** What an app may want to know about a session. Holds no secret. */
public sealed interface SessionEvent {

  /** The first member is there. Comes before {@link MemberJoined}. */
  record Started() implements SessionEvent {}

  /** The last member has gone. Comes after {@link MemberLeft}. */
  record Ended() implements SessionEvent {}

  /** A device joined. */
  record MemberJoined(Membership member) implements SessionEvent {}

  /** A device left, or its membership ended in another way. */
  record MemberLeft(Membership member) implements SessionEvent {}

  /** A device left and joined again between two looks. */
  record MemberRejoined(Membership before, Membership after) implements SessionEvent {}

  /** A member refreshed its membership or says something else about itself. */
  record MemberUpdated(Membership before, Membership after) implements SessionEvent {}

  /** A member event does not count; told once for each event and reason. */
  record MemberIgnored(IgnoredEvent event) implements SessionEvent {}

  /** The intent that all members who state one agree on is another, or there is none now. */
  record IntentChanged(Optional<String> consensus) implements SessionEvent {}

  /** Someone tells this user of the call. */
  record CallNotified(CallNotification notification) implements SessionEvent {}

  /** A notification no longer needs this user's attention. */
  record RingEnded(CallNotification notification, Cause cause) implements SessionEvent {
    /** Why. */
    public enum Cause {
      /** A device of this user is in the call. */
      ANSWERED,
      /** This user declined, here or on another device. */
      DECLINED,
      /** Its lifetime is over. */
      TIMED_OUT,
      /** It was redacted, or the call has ended. */
      WITHDRAWN
    }
  }

  /** Someone declined the call that this device told of. */
  record CallDeclined(String userId, String notificationEventId) implements SessionEvent {}

  /** This device told the room of the call. */
  record NotificationSent(String eventId) implements SessionEvent {}

  /** This device could not tell the room of the call. */
  record NotificationFailed(String message) implements SessionEvent {}

  /** About this device's own membership. */
  record Own(OwnMembershipEvent event) implements SessionEvent {}

  /** About keys. */
  record Keys(KeyEvent event) implements SessionEvent {}
}
