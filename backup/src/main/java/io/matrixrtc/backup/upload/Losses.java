package io.matrixrtc.backup.upload;

/**
 * What would be lost if this device signed out now, or the backup were deleted.
 *
 * @param notUploaded keys that are here and not in the backup
 * @param notDownloaded entries of the backup that are not here, as far as is known
 * @param backupOff whether the homeserver has no backup
 * @param lastDevice whether no other verified device is there to ask
 */
public record Losses(long notUploaded, long notDownloaded, boolean backupOff, boolean lastDevice) {
  /**
   * Whether signing out now loses keys. Another device may have some of them, too: which ones,
   * nobody can tell, so that does not make them safe (UP-SIGNOUT).
   */
  public boolean signOutLoses() {
    return notUploaded > 0;
  }

  /**
   * Whether the backup may be reset or deleted (UP-RESET): when all of it is here, or the caller
   * confirms the number of keys that would be lost.
   */
  public boolean mayDeleteBackup(long confirmedLoss) {
    return notDownloaded == 0 || confirmedLoss == notDownloaded;
  }
}
