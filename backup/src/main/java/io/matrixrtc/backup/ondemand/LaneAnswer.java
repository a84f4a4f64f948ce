package io.matrixrtc.backup.ondemand;

/** How asking for one key ended. */
public enum LaneAnswer {
  /** The key is in the store now. */
  IMPORTED,
  /** The server does not have it. */
  NOT_THERE,
  /** The server has something that cannot be used. */
  DAMAGED,
  /** The connection or the server failed. */
  FAILED
}
