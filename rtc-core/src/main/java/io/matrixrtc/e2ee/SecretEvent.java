package io.matrixrtc.e2ee;

/** What happened to a secret between our own devices. For people and diagnosis; holds no secret. */
public sealed interface SecretEvent {

  /** A verified device of ours was given a secret that it had asked for. */
  record Shared(UserDevice to, SecretName name) implements SecretEvent {}

  /**
   * A request got no answer.
   *
   * @param asker the device that the request names, of the user who sent it
   */
  record NotShared(UserDevice asker, Refusal why) implements SecretEvent {}

  /** A secret came from a verified device of ours, and fits. */
  record Received(UserDevice from, SecretName name) implements SecretEvent {}

  /**
   * What came as a secret was not taken. The request stays open.
   *
   * @param sender the user who sent it
   */
  record NotTaken(String sender, Refusal why) implements SecretEvent {
    @Override
    public String toString() {
      return "NotTaken[" + ShownText.of(sender, ShownText.MAX_ID_CHARS) + ", " + why + "]";
    }
  }

  /** Why not. */
  enum Refusal {
    /** It is from another user. */
    OTHER_USER,
    /** It is not of the form that it must have. */
    MALFORMED,
    /** The device is not listed. */
    UNKNOWN_DEVICE,
    /** The device is not verified, or is blocked or dehydrated. */
    UNVERIFIED_DEVICE,
    /** There is no secret of this name here. */
    NOT_HELD,
    /** The message could not be brought to the device. */
    NOT_SENT,
    /** It was not asked for, or not of this device. */
    NOT_REQUESTED,
    /** It is not the secret that belongs to our identity. */
    DOES_NOT_MATCH
  }
}
