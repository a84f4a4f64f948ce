package io.matrixrtc.testkit.trace;

/** A line that is not an entry of a trace. */
public final class TraceFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  TraceFormatException(String message) {
    super(message);
  }

  TraceFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
