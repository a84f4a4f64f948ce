package io.matrixrtc.client;

/** The end of a login or registration. */
public sealed interface LoginOutcome {

  /** For a person: what happened, and what to try next where it did not work. */
  String sentence();

  /** It worked. */
  record LoggedIn(MatrixSession session) implements LoginOutcome {
    @Override
    public String sentence() {
      return "Logged in as " + session.userId() + ", device " + session.deviceId() + ".";
    }
  }

  /** User name or password is wrong; the homeserver does not say which. */
  record WrongPassword() implements LoginOutcome {
    @Override
    public String sentence() {
      return "Wrong user name or password. Check both; the user name goes without the server.";
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
      return "This homeserver offers no login with a password. Log in with another client and use"
          + " its access token.";
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
