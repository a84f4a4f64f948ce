package io.matrixrtc.e2ee;

/** How far the making of our own cross-signing keys is. */
public sealed interface SetupState {

  /** Whether it goes on by itself, or with the app's answer. */
  default boolean isRunning() {
    return false;
  }

  /** Nobody asked for it. */
  record Idle() implements SetupState {}

  /** Our device's own keys must be uploaded and our user's keys be looked up first. */
  record Preparing() implements SetupState {
    @Override
    public boolean isRunning() {
      return true;
    }
  }

  /** The keys are made and stored; the homeserver has not taken them yet. */
  record Uploading() implements SetupState {
    @Override
    public boolean isRunning() {
      return true;
    }
  }

  /** The homeserver wants to know that it is the user: {@link CrossSigning#authenticate}. */
  record AuthWanted(UserInteractiveAuth auth) implements SetupState {
    @Override
    public boolean isRunning() {
      return true;
    }
  }

  /** The homeserver has the keys; signatures follow by themselves. */
  record Done() implements SetupState {}

  /** Nothing was done. */
  record Refused(Reason why) implements SetupState {}

  /**
   * The homeserver did not take the keys. They are kept: the next try is with the same ones.
   *
   * @param reason for people
   */
  record Failed(String reason) implements SetupState {}

  /** It was under way when the program ended. Goes on when the app asks again. */
  record Interrupted() implements SetupState {}

  /** Why nothing was done. */
  enum Reason {
    /**
     * Our user has an identity whose private keys are not all here: they must be imported or asked
     * for, or the identity be reset.
     */
    IDENTITY_EXISTS,
    /** Our user has got another identity meanwhile; the keys made here were dropped. */
    OTHER_IDENTITY_MEANWHILE
  }
}
