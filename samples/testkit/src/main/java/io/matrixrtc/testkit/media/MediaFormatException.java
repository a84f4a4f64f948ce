package io.matrixrtc.testkit.media;

/** Bytes that are not a file we can take apart. Nothing was produced. */
public abstract sealed class MediaFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  private MediaFormatException(String message) {
    super(message);
  }

  /** The bytes end too early: what is there may be the start of a good file. */
  public static final class Truncated extends MediaFormatException {
    private static final long serialVersionUID = 1L;

    Truncated(String message) {
      super(message);
    }
  }

  /** The bytes break the format's rules, or a checksum does not match. */
  public static final class Malformed extends MediaFormatException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /** A legal file that this reader does not handle: another codec, several streams. */
  public static final class Unsupported extends MediaFormatException {
    private static final long serialVersionUID = 1L;

    Unsupported(String message) {
      super(message);
    }
  }

  /** Larger than the documented bound of the reader. */
  public static final class TooLarge extends MediaFormatException {
    private static final long serialVersionUID = 1L;

    TooLarge(String message) {
      super(message);
    }
  }
}
