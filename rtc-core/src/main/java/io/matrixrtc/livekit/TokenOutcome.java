package io.matrixrtc.livekit;

/** What a token service answered. */
public sealed interface TokenOutcome {

  /**
   * The room is open.
   *
   * @param access what opens it
   * @param delegated whether the service looks after the delayed leave that it was given; if not,
   *     the device must restart it itself
   */
  record Granted(SfuAccess access, boolean delegated) implements TokenOutcome {}

  /** It is not. */
  record Failed(TokenFailure failure) implements TokenOutcome {}
}
