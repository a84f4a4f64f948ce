package io.matrixrtc.olm;

/** A pickle of libolm or vodozemac cannot be imported. The message holds no part of it. */
public abstract sealed class PickleException extends Exception {
  private static final long serialVersionUID = 1L;

  private PickleException(String message) {
    super(message);
  }

  /** Encrypted under another pickle key, or altered since (PICKLE-AUTH). */
  public static final class NotAuthentic extends PickleException {
    private static final long serialVersionUID = 1L;

    NotAuthentic() {
      super("pickle: other key, or altered");
    }
  }

  /** No pickle at all, or authentic but of something else than was asked for. */
  public static final class Malformed extends PickleException {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super("pickle: " + why);
    }
  }

  /**
   * Of a version that is not read: load and save it with the last release of the library that wrote
   * it, then import that.
   */
  public static final class UnsupportedVersion extends PickleException {
    private static final long serialVersionUID = 1L;
    private final long version;

    UnsupportedVersion(long version) {
      super("pickle of version " + version);
      this.version = version;
    }

    /** The version that was found, 0 to 2^32 − 1. */
    public long version() {
      return version;
    }
  }

  /**
   * An account whose Ed25519 key libolm wrote, in a form from which the seed cannot be computed
   * (PICKLE-SEED). Whoever kept the 32-byte seed gives it along. Everybody else logs in as a new
   * device and imports the group sessions, so that old messages stay readable.
   */
  public static final class SigningSeedMissing extends PickleException {
    private static final long serialVersionUID = 1L;
    private final transient Ed25519PublicKey signingKey;

    SigningSeedMissing(Ed25519PublicKey signingKey) {
      super(
          "pickled account of "
              + signingKey
              + ": libolm does not keep the Ed25519 seed; give the 32-byte seed,"
              + " or log in as a new device and import the group sessions");
      this.signingKey = signingKey;
    }

    /** The key whose seed is wanted: the device's identity. */
    public Ed25519PublicKey signingKey() {
      return signingKey;
    }
  }

  /** The seed that was given is not the one of the pickled account (PICKLE-SEED). */
  public static final class WrongSigningSeed extends PickleException {
    private static final long serialVersionUID = 1L;

    WrongSigningSeed() {
      super("pickled account: the seed given is not that of its Ed25519 key");
    }
  }
}
