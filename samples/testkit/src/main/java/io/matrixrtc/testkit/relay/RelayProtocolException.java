package io.matrixrtc.testkit.relay;

/** The other side sent bytes that are not of the relay's protocol. Its connection is closed. */
public final class RelayProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  RelayProtocolException(String message) {
    super(message);
  }

  RelayProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
