package io.matrixrtc.e2ee;

/**
 * The store could not be read or written, or holds what does not belong to this device. The machine
 * that met it must be opened again from the store. The message holds no secret.
 */
public abstract sealed class CryptoStoreException extends Exception {
  private static final long serialVersionUID = 1L;

  private CryptoStoreException(String message, Throwable cause) {
    super(message, cause);
  }

  private CryptoStoreException(String message) {
    super(message);
  }

  /** The disk or database failed: opening the store again later may work. */
  public static final class Unavailable extends CryptoStoreException {
    private static final long serialVersionUID = 1L;

    /** Wraps what the database said. */
    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The store was closed, by this program; a client that used it was to be closed first. */
  public static final class Closed extends CryptoStoreException {
    private static final long serialVersionUID = 1L;

    /** Names the file. */
    public Closed(String path) {
      super("the store " + path + " is closed: close the client, and wait for its end, first");
    }
  }

  /** A stored value cannot be opened: the key is another one, or the value was altered. */
  public static final class Unreadable extends CryptoStoreException {
    private static final long serialVersionUID = 1L;

    /** Names the value. */
    public Unreadable(String what, Throwable cause) {
      super("stored " + what + " cannot be opened: wrong store key, or damaged", cause);
    }
  }

  /** The store belongs to another device. */
  public static final class OtherDevice extends CryptoStoreException {
    private static final long serialVersionUID = 1L;

    /** Names both devices. */
    public OtherDevice(UserDevice stored, UserDevice wanted) {
      super("the store belongs to " + stored + ", not to " + wanted);
    }
  }

  /** Another process, or another part of this one, has the store open (STORE-LEASE). */
  public static final class InUse extends CryptoStoreException {
    private static final long serialVersionUID = 1L;

    /** Names the file. */
    public InUse(String path) {
      super(
          "the store "
              + path
              + " is in use: close the other program that has it open, or open each device once");
    }
  }

  /** The secret is not the one that the store was made with; nothing was changed (STORE-KEY). */
  public static final class WrongKey extends CryptoStoreException {
    private static final long serialVersionUID = 1L;

    /** Names the file. */
    public WrongKey(String path) {
      super("the store " + path + " was made with another key or passphrase");
    }
  }

  /** A newer version of this library wrote the store; nothing was changed (STORE-NEWER). */
  public static final class NewerSchema extends CryptoStoreException {
    private static final long serialVersionUID = 1L;

    /** Names the file and both versions. */
    public NewerSchema(String path, int found, int known) {
      super(
          "the store "
              + path
              + " has schema version "
              + found
              + ", this program knows up to "
              + known
              + ": use a newer one");
    }
  }
}
