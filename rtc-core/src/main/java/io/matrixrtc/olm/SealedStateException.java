package io.matrixrtc.olm;

/** A sealed state cannot be read. The message holds no part of it. */
public abstract sealed class SealedStateException extends Exception {
  private static final long serialVersionUID = 1L;

  private SealedStateException(String message) {
    super(message);
  }

  /** Written in a format that this version does not know: a newer version wrote it. */
  public static final class UnsupportedVersion extends SealedStateException {
    private static final long serialVersionUID = 1L;
    private final int version;

    UnsupportedVersion(int version) {
      super("sealed state of version " + version);
      this.version = version;
    }

    /** The version that was found, 0 to 255. */
    public int version() {
      return version;
    }
  }

  /** The state of something else: the caller mixed up two rows. */
  public static final class WrongKind extends SealedStateException {
    private static final long serialVersionUID = 1L;
    private final StateKind expected;

    WrongKind(StateKind expected, int found) {
      super("sealed state of kind " + found + ", want " + expected);
      this.expected = expected;
    }

    /** The kind that was asked for. */
    public StateKind expected() {
      return expected;
    }
  }

  /** Sealed under another key, or altered since. */
  public static final class NotAuthentic extends SealedStateException {
    private static final long serialVersionUID = 1L;

    NotAuthentic() {
      super("sealed state: other key, or altered");
    }
  }

  /** Too short, or authentic but with a content that no state has. */
  public static final class Malformed extends SealedStateException {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super("sealed state: " + why);
    }
  }
}
