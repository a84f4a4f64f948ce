package io.matrixrtc.backup.ondemand;

/** Why a message that is older than this device cannot be read; what to tell the user. */
public enum OldMessage {
  /** There is no backup. */
  NO_BACKUP,
  /** There is a backup, but this device cannot read it. */
  BACKUP_NOT_SET_UP,
  /** The backup works, but the key is not in it, or not yet. */
  KEY_NOT_THERE,
  /** The server says that we were not in the room then. */
  NOT_A_MEMBER;

  /** Decides (LANE-REASON). */
  public static OldMessage reason(boolean wasMember, boolean backupExists, boolean backupReadable) {
    if (!wasMember) {
      return NOT_A_MEMBER;
    }
    if (!backupExists) {
      return NO_BACKUP;
    }
    return backupReadable ? KEY_NOT_THERE : BACKUP_NOT_SET_UP;
  }
}
