package io.matrixrtc.keys;

/** The final outcome of sending a key to one member. */
public sealed interface Delivery {

  /** The message with the key was accepted for delivery. */
  record Served() implements Delivery {}

  /**
   * The member was not served, as far as is known.
   *
   * @param reason what kind of failure
   * @param detail for people; holds no secret
   */
  record Failed(Reason reason, String detail) implements Delivery {}

  /** Why a member was not served. */
  enum Reason {
    /** The device does not exist, or its keys could not be verified. */
    UNKNOWN_DEVICE,
    /** No Olm session, and no one-time or fallback key to start one. */
    NO_ONE_TIME_KEYS,
    /** The trust policy for sending, or a local block, excludes the device. */
    REFUSED,
    /** The transport cannot send to devices here, whoever they are. */
    UNSUPPORTED,
    /** The transport gave up. */
    NOT_SENT,
    /** The transport did not answer for this member in time, or at all. */
    NO_ANSWER
  }
}
