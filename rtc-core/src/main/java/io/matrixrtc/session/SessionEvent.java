package io.matrixrtc.session;

import io.matrixrtc.keys.KeyEvent;

/** What an app may want to know about a session. Holds no secret. */
public sealed interface SessionEvent {

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

  /** About this device's own membership. */
  record Own(OwnMembershipEvent event) implements SessionEvent {}

  /** About keys. */
  record Keys(KeyEvent event) implements SessionEvent {}
}
