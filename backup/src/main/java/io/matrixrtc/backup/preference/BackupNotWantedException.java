package io.matrixrtc.backup.preference;

/**
 * A backup was to be made, and the account says that the user wants none. Nothing was changed: the
 * user must turn backups on first.
 *
 * <p>Source: MSC4287.
 */
public final class BackupNotWantedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says so. */
  public BackupNotWantedException() {
    super("the account wants no backup");
  }
}
