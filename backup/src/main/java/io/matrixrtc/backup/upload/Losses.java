package io.matrixrtc.backup.upload;

/**
 * What would be lost if this device signed out now, or the backup were deleted.
 *
 * @param notUploaded keys that only this device has
 * @param notDownloaded entries of the backup that are not here, as far as is known
 * @param backupOff whether there is no backup at work
 * @param lastDevice whether no other verified device is there to ask
 */
public record Losses(long notUploaded, long notDownloaded, boolean backupOff, boolean lastDevice) {
  /** Whether signing out loses keys for good. */
  public boolean signOutLoses() {
    return notUploaded > 0 && (backupOff || lastDevice);
  }

  /**
   * Whether the backup may be reset or deleted (UP-RESET): when all of it is here, or the caller
   * confirms the number of keys that would be lost.
   */
  public boolean mayDeleteBackup(long confirmedLoss) {
    return notDownloaded == 0 || confirmedLoss == notDownloaded;
  }
}
