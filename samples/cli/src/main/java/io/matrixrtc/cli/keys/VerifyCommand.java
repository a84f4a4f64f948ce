package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.cli.keys.Fingerprint.Owner;
import io.matrixrtc.e2ee.SignatureTarget;
import io.matrixrtc.e2ee.Verification;
import io.matrixrtc.e2ee.VerificationOutcome;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The end of a comparison of fingerprints. */
@Command(
    name = "verify",
    description = {
      "Say that a fingerprint which you compared with the other side is right: a device's, or that of a user's identity.",
      "Where your private keys are here, they sign it too."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  matrixrtc keys verify @bob:localhost fTv2 qX0r …"})
final class VerifyCommand extends KeysAction {
  @Parameters(index = "0", paramLabel = "USER", description = "Full user id.")
  private String user = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FINGERPRINT",
      description = "As the other side shows it, in base64; in groups or in one piece.")
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
      Owner owner = fingerprint.ownedBy(user, open);
      int signatures = verify(open, user, fingerprint, owner).size();
      open.settle();
      out.print(
          Printer.object("verified")
              .put("user", user)
              .put("fingerprint", fingerprint.key().toBase64())
              .put("device", deviceOf(owner))
              .put("signed", signatures > 0),
          (owner instanceof Owner.OfDevice device
                  ? "Device " + device.device().keys().deviceId() + " of " + user
                  : "The identity of " + user)
              + " is verified"
              + (signatures > 0 ? ", and signed." : " here."));
    }
  }

  /** The device id, or nothing for an identity. */
  static String deviceOf(Owner owner) {
    return owner instanceof Owner.OfDevice device ? device.device().keys().deviceId() : "";
  }

  static Set<SignatureTarget> verify(
      OpenProfile open, String user, Fingerprint fingerprint, Owner owner) throws CommandFailure {
    Verification verification =
        owner instanceof Owner.OfDevice device
            ? Verification.ofDevice(device.device().address(), fingerprint.key())
            : Verification.ofUser(user, fingerprint.key());
    VerificationOutcome outcome = open.await(open.client().crossSigning().verify(verification));
    if (outcome instanceof VerificationOutcome.Verified verified) {
      return verified.signatures();
    }
    throw new CommandFailure("the keys of " + user + " have just changed. Compare them again.");
  }
}
