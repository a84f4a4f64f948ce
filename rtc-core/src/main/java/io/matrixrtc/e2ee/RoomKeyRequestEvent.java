package io.matrixrtc.e2ee;

/** Something that happened to requests for room keys among our user's devices. */
public sealed interface RoomKeyRequestEvent {

  /** A key that we asked for came. */
  record Received(UserDevice from, RoomKeyId key) implements RoomKeyRequestEvent {}

  /**
   * A forwarded key was refused.
   *
   * @param sender the user who sent it
   */
  record NotTaken(String sender, Refusal why) implements RoomKeyRequestEvent {}

  /** A key went to another device of ours. */
  record Forwarded(UserDevice to, RoomKeyId key) implements RoomKeyRequestEvent {}

  /** A request was not answered. */
  record NotForwarded(UserDevice asker, Refusal why) implements RoomKeyRequestEvent {}

  /** Why not. */
  enum Refusal {
    /** Not our user. */
    OTHER_USER,
    /** No device of ours that we know. */
    UNKNOWN_DEVICE,
    /** A device of ours that is not verified, or is blocked. */
    UNVERIFIED_DEVICE,
    /** We asked for no such key, or not that device. */
    NOT_REQUESTED,
    /** It is not what such an event must be. */
    MALFORMED,
    /** We have not got the key. */
    NOT_HELD,
    /** It says less than what we hold, or contradicts it. */
    NOTHING_NEW,
    /** It was answered before. */
    ANSWERED_BEFORE,
    /** The answer did not get away. */
    NOT_SENT
  }
}
