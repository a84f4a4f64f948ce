package io.matrixrtc.cli.widget;

/** Something that was asked for cannot be had: one sentence, and what to try next. */
public final class HostingException extends Exception {
  private static final long serialVersionUID = 1;

  HostingException(String sentence) {
    super(sentence);
  }

  HostingException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
