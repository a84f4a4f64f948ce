package io.matrixrtc.backup.upload;

/**
 * Keys would be lost, and the caller has not confirmed how many. Nothing was changed, unless it is
 * of an older version that came back when the one above it was deleted.
 */
public final class UnconfirmedLossException extends Exception {
  private static final long serialVersionUID = 1L;

  private final long keys;

  /** So many keys are in this version of the backup alone. */
  public UnconfirmedLossException(long keys, String version) {
    super(keys + " keys are only in the backup, version " + version);
    this.keys = keys;
  }

  /** How many keys would be lost: the number to confirm. */
  public long keys() {
    return keys;
  }
}
