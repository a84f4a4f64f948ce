package io.matrixrtc.client;

import io.matrixrtc.e2ee.IdentityReset;
import java.util.Optional;

/** The end of making our own user's cross-signing identity. */
public sealed interface SetupOutcome {

  /** For a person: what happened, and what to try next where it did not work. */
  String sentence();

  /**
   * Our user has an identity whose keys are all here, and it has signed this device.
   *
   * @param lost what went with the identity before; empty if there was none
   */
  record Done(IdentityReset lost) implements SetupOutcome {
    @Override
    public String sentence() {
      return lost.isEmpty()
          ? "The identity is set up, and this device is signed."
          : "The identity is a new one, and this device is signed. To sign again: "
              + lost.devicesToSignAgain().size()
              + " devices and "
              + lost.usersToSignAgain().size()
              + " users.";
    }
  }

  /** Our user has an identity already, whose private keys are not here. */
  record IdentityExists() implements SetupOutcome {
    @Override
    public String sentence() {
      return "There is an identity already. Verify this device from another one that has its keys,"
          + " or restore them from secret storage, or reset the identity.";
    }
  }

  /** Another device gave our user an identity at the same time; it stays. */
  record OtherIdentityMeanwhile() implements SetupOutcome {
    @Override
    public String sentence() {
      return "Another device has just set the identity up. Verify this device from that one.";
    }
  }

  /**
   * The homeserver wanted to be shown that it is the user, and was not.
   *
   * @param error what it says about the last answer; empty if there was none
   */
  record NotAuthenticated(Optional<String> error) implements SetupOutcome {
    @Override
    public String sentence() {
      return "The homeserver wants to be shown that it is you"
          + error.map(text -> " (it says: " + text + ")").orElse("")
          + ". Nothing was changed; try again with the right password, or the page that it names.";
    }
  }

  /** Something else stood in the way; the next try is with the same keys. */
  record Failed(String reason) implements SetupOutcome {
    @Override
    public String sentence() {
      return "The identity was not set up: " + reason;
    }
  }
}
