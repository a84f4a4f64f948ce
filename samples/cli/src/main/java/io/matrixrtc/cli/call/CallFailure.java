package io.matrixrtc.cli.call;

/** A step that could not be done; the message is a sentence for people. */
public final class CallFailure extends Exception {
  private static final long serialVersionUID = 1;

  CallFailure(String sentence) {
    super(sentence);
  }
}
