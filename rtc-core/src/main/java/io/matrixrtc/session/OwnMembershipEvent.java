package io.matrixrtc.session;

import java.util.Optional;

/** What happens to this device's own membership. */
public sealed interface OwnMembershipEvent {

  /** The own membership is in another stage. */
  record StatusChanged(Status from, Status to) implements OwnMembershipEvent {}

  /**
   * The room does not allow this user to join calls (403): the power level for call member state is
   * too high. Nothing is tried again.
   */
  record JoinForbidden(String message) implements OwnMembershipEvent {}

  /** The homeserver has no events of the form that was asked for: join with another one. */
  record JoinUnsupported(String message) implements OwnMembershipEvent {}

  /** The join was given up. */
  record JoinFailed(String message) implements OwnMembershipEvent {}

  /** A refresh failed; it is tried again until the membership expires. */
  record RefreshFailed(String message) implements OwnMembershipEvent {}

  /**
   * The leave did not get through: others see this device as a member until the server sends its
   * leave or its membership expires. Told once; where the server has no delayed leave, it is tried
   * on until then.
   */
  record LeaveFailed(String message) implements OwnMembershipEvent {}

  /** Others no longer see this device as a member, though it did not leave. It joins anew. */
  record MembershipLost() implements OwnMembershipEvent {}

  /** The membership that was lost is back. */
  record MembershipRestored() implements OwnMembershipEvent {}

  /**
   * The server has most likely sent the delayed leave, since no restart got through in time; or it
   * has not, after all. Media should stop meanwhile.
   */
  record ProbablyLeft(boolean value) implements OwnMembershipEvent {}

  /** Another delayed leave is scheduled, or none any more. */
  record DelayIdChanged(Optional<DelayId> id) implements OwnMembershipEvent {}

  /**
   * The server will not leave for this device: if it crashes, others see it until its membership
   * expires.
   */
  record NoDeadManSwitch(String reason) implements OwnMembershipEvent {}

  /** The stages, named as in matrix-js-sdk. */
  enum Status {
    DISCONNECTED,
    CONNECTING,
    CONNECTED,
    DISCONNECTING
  }
}
