package io.matrixrtc.client;

/** What became of a login while the client runs. */
public sealed interface LoginStatus {

  /**
   * There are new tokens, and everything goes on.
   *
   * @param session to be kept instead of the earlier one, whose tokens may be void
   */
  record Renewed(MatrixSession session) implements LoginStatus {}

  /**
   * The token is not valid any more, but the device still exists (soft logout). Requests wait. Log
   * in again as the same device: {@link MatrixClient#loginAgain}, or {@link MatrixClient#resume}.
   */
  record SoftLoggedOut() implements LoginStatus {}

  /** The login has ended, and its device with it. Its keys are of no use any more. */
  record Ended() implements LoginStatus {}
}
