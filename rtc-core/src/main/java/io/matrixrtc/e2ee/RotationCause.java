package io.matrixrtc.e2ee;

/** Why an outbound room key was replaced by a new one. */
public enum RotationCause {
  /** There was none. */
  FIRST,
  /** It encrypted as many messages as the room allows. */
  MESSAGES,
  /** It is as old as the room allows, or the clock went back. */
  AGE,
  /** A user who may have it is no longer a member, or no longer allowed to read. */
  MEMBER_LEFT,
  /** A device that may have it was removed, or must not be written to any more. */
  DEVICE_EXCLUDED,
  /** The room's history visibility changed. */
  VISIBILITY,
  /** The policy for sending changed. */
  POLICY,
  /** The app asked for it. */
  DISCARDED
}
