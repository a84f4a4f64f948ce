package io.matrixrtc.session;

/** What can be done to a delayed event that is not yet sent (MSC4140). */
public enum DelayedAction {
  /** Its delay begins anew. */
  RESTART,
  /** It is sent at once. */
  SEND,
  /** It is not sent. */
  CANCEL
}
