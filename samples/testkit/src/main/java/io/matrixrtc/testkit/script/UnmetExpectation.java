package io.matrixrtc.testkit.script;

/** A script's expectation was not met. The message says what was expected, seen, and how long. */
public final class UnmetExpectation extends AssertionError {
  private static final long serialVersionUID = 1;

  UnmetExpectation(String message) {
    super(message);
  }
}
