package io.matrixrtc.cli.keys;

/** The work failed for a reason that the user can act on: a sentence, and what to try next. */
public final class KeysFailure extends Exception {
  private static final long serialVersionUID = 1;

  KeysFailure(String sentence) {
    super(sentence);
  }
}
