package io.matrixrtc.backup.secrets;

/** Whether a person who loses all devices could come back. */
public enum RecoveryState {
  /** The homeserver has not answered. */
  UNKNOWN,
  /** Secret storage is off. */
  OFF,
  /** Secret storage is on, but something that should be here is not. */
  INCOMPLETE,
  /** All is there. */
  ON;

  /**
   * Judges (SSSS-STATE).
   *
   * @param serverAnswered whether account data is known
   * @param hasDefaultKey whether there is a default key
   * @param hasCrossSigningKeys whether all three private cross-signing keys are here
   * @param hasBackup whether a backup works here
   * @param backupSwitchedOff whether the user has switched the backup off (MSC4287)
   */
  public static RecoveryState of(
      boolean serverAnswered,
      boolean hasDefaultKey,
      boolean hasCrossSigningKeys,
      boolean hasBackup,
      boolean backupSwitchedOff) {
    if (!serverAnswered) {
      return UNKNOWN;
    }
    if (!hasDefaultKey) {
      return OFF;
    }
    return hasCrossSigningKeys && (hasBackup || backupSwitchedOff) ? ON : INCOMPLETE;
  }
}
