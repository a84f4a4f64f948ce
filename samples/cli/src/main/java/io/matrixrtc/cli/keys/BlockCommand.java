package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.cli.keys.Fingerprint.Owner;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.UserDevice;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keeps keys from a device. */
@Command(
    name = "block",
    description = {
      "Give a device no keys any more, and believe nothing it sends.",
      "It is told that it is kept out; room keys that it had are replaced with the next message."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  matrixrtc keys block @bob:localhost fTv2 qX0r …",
      "  matrixrtc keys block --undo @bob:localhost fTv2 qX0r …"
    })
final class BlockCommand extends KeysAction {
  @Option(
      names = "--undo",
      description = "Block it no longer; whether it was verified is forgotten.")
  private boolean undo;

  @Parameters(index = "0", paramLabel = "USER", description = "Full user id.")
  private String user = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FINGERPRINT",
      description = "Of the device, in base64; in groups or in one piece.")
  private List<String> words = List.of();

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    userId(user);
    Fingerprint fingerprint =
        Fingerprint.parse(words)
            .orElseThrow(
                () ->
                    misused(
                        "fingerprint: this is no key. Want 43 letters as the other client shows"));
    try (OpenProfile open = OpenProfile.open(profile)) {
      if (!(fingerprint.ownedBy(user, open) instanceof Owner.OfDevice owner)) {
        throw new CommandFailure(
            "this is the identity of "
                + user
                + ", which cannot be blocked. 'matrixrtc keys devices "
                + user
                + "' lists the devices.");
      }
      UserDevice device = owner.device().address();
      if (device.equals(open.device())) {
        throw new CommandFailure("this is the device itself, which cannot be blocked.");
      }
      LocalTrust trust = undo ? LocalTrust.UNSET : LocalTrust.BLOCKED;
      open.ask(machine -> machine.setLocalTrust(device, trust));
      open.settle();
      out.print(
          Printer.object(undo ? "unblocked" : "blocked")
              .put("user", user)
              .put("device", device.deviceId())
              .put("fingerprint", fingerprint.key().toBase64()),
          "Device " + device + (undo ? " is not blocked any more." : " is blocked."));
    }
  }
}
