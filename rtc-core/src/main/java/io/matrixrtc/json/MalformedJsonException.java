package io.matrixrtc.json;

/**
 * The bytes are not JSON, not UTF-8, or exceed a limit of {@link Json}. The message holds a
 * position, never the text.
 */
public final class MalformedJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedJsonException(String why) {
    super("malformed JSON: " + why);
  }
}
