package io.matrixrtc.session;

/** What a member event says. */
public sealed interface MembershipReading {

  /** Its sender's device is in the session (unless the membership has expired). */
  record Joined(Membership membership) implements MembershipReading {}

  /** Whoever it was about has left. */
  record Left() implements MembershipReading {}

  /**
   * It says nothing that counts.
   *
   * @param detail the field at fault, or more about the reason; holds no text of the sender
   */
  record Ignored(IgnoreReason reason, String detail) implements MembershipReading {}

  /** Why a member event does not count. */
  enum IgnoreReason {
    /** The format before 2024, an array {@code memberships} of several devices. */
    OLD_FORMAT,
    /** It has no {@code application}, or nothing else. */
    NOT_A_MEMBERSHIP,
    /** A required field is missing. */
    MISSING_FIELD,
    /** A field has the wrong type or value. */
    BAD_FIELD,
    /** The sender is missing or no user id. */
    BAD_SENDER,
    /** It is for another slot. */
    OTHER_SLOT,
    /** It has expired. */
    EXPIRED,
    /** Its sender is not joined to the room. */
    NOT_IN_ROOM,
    /** Another device in the session has the same media identity, and the better claim to it. */
    IDENTITY_TAKEN,
    /** It names another device than the one that encrypted it. */
    OTHER_DEVICE,
    /** It came in the clear where it must not. */
    NOT_ENCRYPTED,
    /** Its slot is not open. */
    SLOT_CLOSED,
    /** A sticky membership of the same sender stands for it. */
    SUPERSEDED,
    /** It has the form of a draft, and those are not read. */
    DRAFT,
    /** Memberships of its kind are not read. */
    SWITCHED_OFF
  }
}
