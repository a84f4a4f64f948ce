package io.matrixrtc.cli;

/** The work failed for a reason that the user can act on: one sentence, and what to try next. */
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1;

  CommandFailure(String sentence) {
    super(sentence);
  }
}
