package io.matrixrtc.session;

/** How a leave ended. */
public sealed interface LeaveResult {

  /** Others no longer see this device as a member. */
  record Left() implements LeaveResult {}

  /** The leave was given up: others see this device until its membership expires. */
  record Failed(String message) implements LeaveResult {}

  /** The time was over; the leave goes on being tried. */
  record TimedOut() implements LeaveResult {}
}
