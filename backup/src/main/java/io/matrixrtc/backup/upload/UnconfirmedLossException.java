package io.matrixrtc.backup.upload;

/** Keys would be lost, and the caller has not confirmed how many. Nothing was changed. */
public final class UnconfirmedLossException extends Exception {
  private static final long serialVersionUID = 1L;

  private final long keys;

  /** So many keys are in the backup alone. */
  public UnconfirmedLossException(long keys) {
    super(keys + " keys are only in the backup");
    this.keys = keys;
  }

  /** How many keys would be lost: the number to confirm. */
  public long keys() {
    return keys;
  }
}
