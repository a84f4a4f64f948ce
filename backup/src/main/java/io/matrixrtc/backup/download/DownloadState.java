package io.matrixrtc.backup.download;

/** Where a download is. */
public enum DownloadState {
  /** Something must happen first: a retry is due later, a login, or another process is at it. */
  WAITING,
  /** The answer is being read, and imported while it comes. */
  FETCHING,
  /** The answer was read whole, and is being imported. */
  IMPORTING,
  /** The user paused it; survives restarts. */
  PAUSED,
  /** All is imported. */
  DONE,
  /** The user stopped it: it does not start by itself again for this version. */
  STOPPED,
  /** It cannot go on. */
  FAILED;

  /** Whether nothing more happens by itself. */
  public boolean isFinal() {
    return this == DONE || this == STOPPED || this == FAILED;
  }

  boolean isRunning() {
    return this == WAITING || this == FETCHING || this == IMPORTING;
  }
}
