package io.matrixrtc.session;

/** How a join ended. */
public sealed interface JoinResult {

  /** The membership is published. */
  record Joined() implements JoinResult {}

  /** The room does not allow it: ask someone with the power to lower the level. */
  record Forbidden(String message) implements JoinResult {}

  /** The homeserver has no events of the form that was asked for. */
  record Unsupported(String message) implements JoinResult {}

  /** It was given up; another try may succeed. */
  record Failed(String message) implements JoinResult {}

  /** A leave came first, or the session is closed. */
  record Left() implements JoinResult {}

  /** This device is joined already, or about to; nothing was done. */
  record AlreadyJoined() implements JoinResult {}
}
