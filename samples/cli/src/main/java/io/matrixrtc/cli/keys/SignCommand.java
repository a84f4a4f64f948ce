package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.cli.keys.Fingerprint.Owner;
import io.matrixrtc.e2ee.CrossSigningStatus;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.e2ee.SignatureTarget;
import io.matrixrtc.e2ee.VerificationState;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Signs with the own identity, or says why that cannot be. */
@Command(
    name = "sign",
    description = {
      "Sign a device of your own, so that everybody trusts it, or another user's identity, so that all your devices do.",
      "Compare the fingerprint first."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  matrixrtc keys sign @alice:localhost fTv2 qX0r …"})
final class SignCommand extends KeysAction {
  @Parameters(index = "0", paramLabel = "USER", description = "Full user id.")
  private String user = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FINGERPRINT",
      description = "Of the own device, or of the other user's identity.")
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
      boolean own = user.equals(open.device().userId());
      Owner owner = fingerprint.ownedBy(user, open);
      checkSignable(own, owner, open);
      Set<SignatureTarget> signed = VerifyCommand.verify(open, user, fingerprint, owner);
      open.settle();
      open.lookUp(List.of(user));
      if (!isSigned(owner, open)) {
        throw new CommandFailure(
            "the homeserver did not keep the signature. Try again, or look into its log.");
      }
      out.print(
          Printer.object("signed")
              .put("user", user)
              .put("fingerprint", fingerprint.key().toBase64())
              .put("device", VerifyCommand.deviceOf(owner))
              .put("before", signed.isEmpty()),
          (own ? "The device" : "The identity of " + user)
              + (signed.isEmpty() ? " was signed already." : " is signed."));
    }
  }

  private static void checkSignable(boolean own, Owner owner, OpenProfile open)
      throws CommandFailure {
    if (!own && owner instanceof Owner.OfDevice) {
      throw new CommandFailure(
          "a device of another user is signed by that user alone. Sign the user's identity, or run"
              + " 'matrixrtc keys verify' to trust the device here.");
    }
    if (own && owner instanceof Owner.OfIdentity) {
      throw new CommandFailure(
          "your identity does not sign itself. Run 'matrixrtc keys verify' to trust it here.");
    }
    CrossSigningStatus status = open.await(open.client().crossSigning().status());
    SecretName needed = own ? SecretName.SELF_SIGNING : SecretName.USER_SIGNING;
    if (!status.held().contains(needed)) {
      throw new CommandFailure(
          status.master().isEmpty()
              ? "you have no identity to sign with. Run 'matrixrtc keys setup'."
              : "your private keys are not here. Verify this device from one that has them, or run"
                  + " 'matrixrtc keys reset'.");
    }
  }

  private static boolean isSigned(Owner owner, OpenProfile open) throws CommandFailure {
    boolean waiting =
        !open.await(open.client().crossSigning().status()).signaturesToUpload().isEmpty();
    return !waiting
        && (!(owner instanceof Owner.OfDevice device)
            || open.ask(
                machine ->
                    machine
                        .verificationOf(device.device().address())
                        .filter(state -> state == VerificationState.VERIFIED)
                        .isPresent()));
  }
}
