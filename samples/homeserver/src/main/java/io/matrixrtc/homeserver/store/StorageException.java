package io.matrixrtc.homeserver.store;

/** The storage failed: a damaged row, a full disk, a file from a newer version. */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }

  public StorageException(String message) {
    super(message);
  }
}
