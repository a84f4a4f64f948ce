package io.matrixrtc.cli.failure;

/**
 * The work of a command failed for a reason that the user can act on. The message is a sentence for
 * people, says what to try next, and holds no secret; the command exits with 1.
 */
public final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** Takes the sentence. */
  public CommandFailure(String sentence) {
    super(sentence);
  }

  /** Passes on what another part says, which is a sentence too. */
  public static CommandFailure of(Exception why) {
    return new CommandFailure(String.valueOf(why.getMessage()));
  }
}
