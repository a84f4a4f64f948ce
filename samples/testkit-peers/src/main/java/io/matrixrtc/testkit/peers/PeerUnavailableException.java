package io.matrixrtc.testkit.peers;

import io.matrixrtc.testkit.ScriptException;

/**
 * Another implementation cannot take part here: something that it runs on is missing or too old, or
 * could not be fetched. The message says what, and the next step.
 */
public final class PeerUnavailableException extends ScriptException {
  private static final long serialVersionUID = 1;

  PeerUnavailableException(String message) {
    super(message);
  }

  PeerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
