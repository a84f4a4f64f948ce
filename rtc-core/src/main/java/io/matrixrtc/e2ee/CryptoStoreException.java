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
}
