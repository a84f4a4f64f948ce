package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UserAuthentication;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes the identity. */
@Command(
    name = "setup",
    description = {
      "Make your cross-signing identity, if you have none, and sign this device with it.",
      "The private keys stay in the profile."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  matrixrtc keys setup --password-file password.txt"})
final class SetupCommand extends KeysAction {
  @Mixin private Passwords passwords = new Passwords();

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    try (OpenProfile open = OpenProfile.open(profile)) {
      UserAuthentication first = authentication(open, passwords.given());
      SetupOutcome outcome = open.await(open.client().crossSigning().bootstrap(first));
      if (outcome instanceof SetupOutcome.NotAuthenticated && passwords.given().isEmpty()) {
        Optional<String> typed = passwords.ask(open.device().userId());
        UserAuthentication second = authentication(open, typed);
        outcome = open.await(open.client().crossSigning().bootstrap(second));
      }
      print(outcome, open, out);
    }
  }

  static UserAuthentication authentication(OpenProfile open, Optional<String> password) {
    return password
        .map(text -> UserAuthentication.password(open.device().userId(), text))
        .orElse(UserAuthentication.none());
  }

  static void print(SetupOutcome outcome, OpenProfile open, Printer out) throws CommandFailure {
    if (!(outcome instanceof SetupOutcome.Done)) {
      throw new CommandFailure(outcome.sentence());
    }
    out.note(outcome.sentence());
    open.lookUp(List.of(open.device().userId())); // what the homeserver shows of it now
    StatusCommand.print(open, out);
  }
}
