package io.matrixrtc.backup.roomkey;

/** The store of room keys failed, for example because the disk is full. Nothing was changed. */
public final class VaultException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Takes a text for people and logs, which holds no secret. */
  public VaultException(String message) {
    super(message);
  }

  /** As {@link #VaultException(String)}, with what the store said. */
  public VaultException(String message, Throwable cause) {
    super(message, cause);
  }
}
