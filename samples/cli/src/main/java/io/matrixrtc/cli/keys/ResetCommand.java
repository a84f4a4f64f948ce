package io.matrixrtc.cli.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.e2ee.IdentityReset;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.e2ee.UserDevice;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Replaces the identity, after saying what that costs. */
@Command(
    name = "reset",
    description = {
      "Show what another identity would cost you; with --yes, make it.",
      "For when the private keys are lost, or somebody else has them. Room keys and their backup stay."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  matrixrtc keys reset",
      "  matrixrtc keys reset --yes --password-file password.txt"
    })
final class ResetCommand extends KeysAction {
  @Option(names = "--yes", description = "Do it.")
  private boolean yes;

  @Mixin private Passwords passwords = new Passwords();

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    try (OpenProfile open = OpenProfile.open(profile)) {
      open.lookUp(List.of(open.device().userId()));
      IdentityReset cost = open.await(open.client().crossSigning().previewReset());
      print(cost, out);
      out.summary().put("done", yes);
      if (!yes) {
        out.note("Nothing was changed. Add --yes to make another identity.");
        return;
      }
      SetupOutcome outcome =
          open.await(
              open.client()
                  .crossSigning()
                  .reset(SetupCommand.authentication(open, passwords.ask(open.device().userId()))));
      SetupCommand.print(outcome, open, out);
    }
  }

  private static void print(IdentityReset cost, Printer out) {
    ObjectNode json = Printer.object("lost").put("backupToSignAgain", cost.backupToSignAgain());
    cost.previous().ifPresent(master -> json.put("identity", master.toBase64()));
    texts(json.putArray("devicesToSignAgain"), devices(cost));
    texts(json.putArray("usersToSignAgain"), cost.usersToSignAgain());
    texts(json.putArray("usersToVerifyAgain"), cost.usersToVerifyAgain());
    texts(
        json.putArray("secretsToStoreAgain"),
        cost.secretsToStoreAgain().stream().map(SecretName::label).toList());
    out.print(
        json,
        cost.isEmpty()
            ? "You have no identity: nothing is lost."
            : "With another identity is lost:"
                + line("your identity", cost.previous().map(m -> m.toBase64()).stream().toList())
                + line("signatures of your devices, to sign again", devices(cost))
                + line("signatures of users, to sign again", cost.usersToSignAgain())
                + line("of them, who count as violated until then", cost.usersToVerifyAgain())
                + line(
                    "copies in secret storage, to store again",
                    cost.secretsToStoreAgain().stream().map(SecretName::label).toList())
                + (cost.backupToSignAgain() ? "\n  the signature of your key backup" : "")
                + "\n  Everybody who verified you must do so again.");
  }

  private static List<String> devices(IdentityReset cost) {
    return cost.devicesToSignAgain().stream().map(UserDevice::deviceId).toList();
  }

  private static String line(String what, Collection<String> which) {
    return which.isEmpty()
        ? ""
        : "\n  " + what + ": " + String.join(", ", which.stream().sorted().toList());
  }

  private static void texts(ArrayNode array, Collection<String> texts) {
    texts.stream().sorted().forEach(array::add);
  }
}
