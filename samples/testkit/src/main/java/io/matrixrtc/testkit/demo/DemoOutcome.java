package io.matrixrtc.testkit.demo;

import java.util.List;

/**
 * The demo in numbers.
 *
 * @param framesLate decrypted frames that had waited for their key
 * @param framesUndecryptable frames that somebody received and could not open, for example a joiner
 *     before it has a key
 * @param keysSent messages with a key that were confirmed
 * @param joinerReadPast frames from before its join that the late joiner opened
 * @param leaverReadFuture frames under a sender's next key that the leaver opened
 * @param exposureAfterLeaveMs wall time from the leave to the last frame that the leaver opened, of
 *     each sender
 * @param keysSeenByServer media keys found at the homeserver or the relay
 * @param timeToMediaMs wall time from a join to the first decrypted frame of each sender
 */
public record DemoOutcome(
    int participants,
    long framesSent,
    long framesDecrypted,
    long framesLate,
    long framesUndecryptable,
    long keysSent,
    long joinerReadPast,
    long leaverReadFuture,
    Figures exposureAfterLeaveMs,
    long forgedKeysAccepted,
    long keysSeenByServer,
    Figures timeToMediaMs,
    List<Check> checks) {
  public DemoOutcome {
    checks = List.copyOf(checks);
  }

  /** Whether no check failed. */
  public boolean ok() {
    return checks.stream().noneMatch(Check::failed);
  }
}
