package io.matrixrtc.e2ee;

/** What the user of this device decided about another device. Never leaves this device. */
public enum LocalTrust {
  /** Nothing was decided. */
  UNSET,
  /** The user compared the keys. */
  VERIFIED,
  /** Nothing is sent to it, and nothing from it counts. */
  BLOCKED
}
