package io.matrixrtc.encoding;

/** The text is not base64 of the flavour asked for. The message never repeats the text. */
public final class MalformedBase64Exception extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedBase64Exception(String why, int length) {
    super("base64: " + why + " (text of " + length + " characters)");
  }
}
