package io.matrixrtc.testkit;

/** A step of a script failed, or an expectation was not met in time. The message is for people. */
public class ScriptException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ScriptException(String message) {
    super(message);
  }

  public ScriptException(String message, Throwable cause) {
    super(message, cause);
  }
}
