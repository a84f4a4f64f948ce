package io.matrixrtc.client;

/** The end of a login or registration. */
public sealed interface LoginOutcome {

  /** For a person: what happened, and what to try next where it did not work (LOGIN-SENTENCE). */
  String sentence();

  /**
   * Returns the login, for programs that can do nothing without it.
   *
   * @throws IllegalStateException with the sentence, if there is none
   */
  default MatrixSession orThrow() {
    if (this instanceof LoggedIn in) {
      return in.session();
    }
    throw new IllegalStateException(sentence());
  }

  /** It worked. */
  record LoggedIn(MatrixSession session) implements LoginOutcome {
    @Override
    public String sentence() {
      return "Logged in as " + session.userId() + ", device " + session.deviceId() + ".";
    }
  }

  /** User name or password is wrong; the homeserver does not say which. */
  record WrongPassword(String user, String homeserver) implements LoginOutcome {
    @Override
    public String sentence() {
      return "The homeserver "
          + homeserver
          + " does not accept this password for "
          + user
          + ". Check user name and password, and that the user is registered there.";
    }
  }

  /** The user name is taken. */
  record NameTaken() implements LoginOutcome {
    @Override
    public String sentence() {
      return "This user name is taken. Choose another one, or log in.";
    }
  }

  /** The homeserver wants a step that only a person with a browser can do. */
  record NeedsBrowser() implements LoginOutcome {
    @Override
    public String sentence() {
      return "The homeserver offers no login or registration with a password alone. Use another client"
          + " for it, and that client's access token here.";
    }
  }

  /** Something else stood in the way. */
  record Failed(ApiFailure failure) implements LoginOutcome {
    @Override
    public String sentence() {
      return failure.sentence();
    }
  }
}
