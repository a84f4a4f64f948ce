package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What an app may want to know about the keys of a call. Holds no secret. */
public sealed interface KeyEvent {

  /**
   * A new own key was made and is being offered.
   *
   * @param recipients how many members it is offered to; 0 when nobody else is there
   */
  record RotationStarted(KeyIndex index, RotationPlan.Cause cause, int recipients)
      implements KeyEvent {}

  /** Own media is encrypted with this key from now on. */
  record OwnKeyUsed(KeyIndex index) implements KeyEvent {}

  /**
   * Nobody could be served with the new key, so the old one is still in use although it should not
   * be. Offers are repeated; {@link OwnKeyUsed} ends this state.
   */
  record RotationOwed(KeyIndex index) implements KeyEvent {}

  /** Members have been sent an own key. */
  record KeyServed(Set<CallMember> members, KeyIndex index) implements KeyEvent {}

  /** A member could not be sent an own key; tried again at {@code nextTryAt} if still of use. */
  record KeyNotServed(CallMember member, KeyIndex index, Delivery.Failed failure, Instant nextTryAt)
      implements KeyEvent {}

  /**
   * A member does not meet the send policy, or does not any more: it is given no own key
   * (KEY-ELIG).
   */
  record MemberBarred(CallMember member, String reason) implements KeyEvent {}

  /** A member that did not meet the send policy does now. */
  record MemberAdmitted(CallMember member) implements KeyEvent {}

  /**
   * Own media is held back from now on, until {@link OwnKeyUsed}, because a new key has to be
   * delivered first (KEY-HOLD).
   */
  record HoldStarted() implements KeyEvent {}

  /** Own media goes out again, after so long. */
  record HoldEnded(Duration took) implements KeyEvent {}

  /** The transport answered an offer of an own key. */
  record OfferAnswered(KeyIndex index, int recipients, int served, Duration took)
      implements KeyEvent {}

  /** The own key was advanced to this generation; joiners were let in without a new key. */
  record OwnKeyAdvanced(KeyIndex index, int generation) implements KeyEvent {}

  /** No sync succeeded since {@code lastSync}: people may have left unnoticed (KEY-VIEW). */
  record ViewStale(Instant lastSync) implements KeyEvent {}

  /** Syncs succeed again. */
  record ViewMended() implements KeyEvent {}

  /** A new key is due since {@code since} and could not be brought to use (KEY-VIEW). */
  record RotationOverdue(Instant since) implements KeyEvent {}

  /**
   * A key of a member arrived and is in use.
   *
   * @param way how it travelled, and whether by a fallback
   * @param after how long the member is known
   * @param age how old it was: since it was sent, else since the server took it, if either is told
   * @param isFirst whether it is the first one that is held of its device
   */
  record RemoteKeyReceived(
      CallMember member,
      KeyIndex index,
      SenderEvidence evidence,
      KeyWay way,
      Duration after,
      Optional<Duration> age,
      boolean isFirst)
      implements KeyEvent {}

  /**
   * A key of a member is missing. Told once; {@link RemoteKeyLate} tells if it comes after all.
   *
   * @param after so long after the first frame without a key, or after the member was learned of
   * @param framesWait whether frames arrive that cannot be decrypted; if not, it may be silent and
   *     have no key yet
   * @param lastRefusal the last key of its device that was refused
   */
  record RemoteKeyMissing(
      CallMember member, Duration after, boolean framesWait, Optional<KeyRefusal> lastRefusal)
      implements KeyEvent {}

  /** A key that was missing arrived, so late. */
  record RemoteKeyLate(CallMember member, KeyIndex index, Duration after) implements KeyEvent {}

  /** Own keys go to these devices by another way from now on. */
  record WayChanged(Set<DeviceAddress> devices, KeyWay way, String reason) implements KeyEvent {}

  /** A key arrived and was refused. */
  record KeyRefused(KeyRefusal refusal) implements KeyEvent {}

  /** A key of a device that is not (yet) in the call is held for it. */
  record EarlyKeyHeld(DeviceAddress device, KeyIndex index) implements KeyEvent {}

  /** A held key was dropped. */
  record EarlyKeyDropped(DeviceAddress device, KeyIndex index, DropCause cause)
      implements KeyEvent {}

  /** Why a held key was dropped. */
  enum DropCause {
    /** Its device did not join within {@link EarlyKeys#MAX_AGE}. */
    TOO_OLD,
    /** More keys are held than fit, of all devices or of this one. */
    NO_ROOM
  }
}
