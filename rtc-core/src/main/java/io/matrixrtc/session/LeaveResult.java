package io.matrixrtc.session;

/** How a leave ended. */
public sealed interface LeaveResult {

  /** Others no longer see this device as a member. */
  record Left() implements LeaveResult {}

  /**
   * The leave did not get through, or this device joined again before it did: others may see the
   * old membership until the server sends its leave or it expires.
   */
  record Failed(String message) implements LeaveResult {}

  /** The time was over; the leave goes on being tried. */
  record TimedOut() implements LeaveResult {}
}
