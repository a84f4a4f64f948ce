package io.matrixrtc.homeserver.backup;

/** Where Synapse differs from the specification of key backups. */
public enum BackupSemantics {
  /** Verified beats unverified, then the lower index, then fewer forwards. */
  SPECIFIED,
  /**
   * Any one of the three is enough to replace what is held, so a later index with fewer forwards
   * displaces an earlier one; and a refused upload names as the current version the one it asked
   * for.
   */
  SYNAPSE;

  /** HS-BACKUP-REPLACE: whether what is uploaded takes the place of what is held. */
  boolean replaces(BackupKey held, BackupKey uploaded) {
    boolean verified = uploaded.isVerified() && !held.isVerified();
    boolean earlier = uploaded.firstMessageIndex() < held.firstMessageIndex();
    boolean nearer = uploaded.forwardedCount() < held.forwardedCount();
    if (this == SYNAPSE) {
      return verified || earlier || nearer;
    }
    if (uploaded.isVerified() != held.isVerified()) {
      return verified;
    }
    if (uploaded.firstMessageIndex() != held.firstMessageIndex()) {
      return earlier;
    }
    return nearer;
  }
}
