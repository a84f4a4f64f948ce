package io.matrixrtc.cli.backup;

/** The work failed for a reason that the user can act on: one sentence, and what to try next. */
public final class BackupFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** Takes the sentence, which holds no secret. */
  public BackupFailure(String sentence) {
    super(sentence);
  }

  /** Passes on what another part says, which is a sentence too. */
  static BackupFailure of(Exception why) {
    return new BackupFailure(String.valueOf(why.getMessage()));
  }
}
