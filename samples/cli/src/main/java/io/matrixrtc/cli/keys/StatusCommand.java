package io.matrixrtc.cli.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.CrossSigningStatus;
import io.matrixrtc.e2ee.OneTimeKeyState;
import io.matrixrtc.e2ee.SecretName;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** The own device: its keys at the homeserver, and the identity. */
@Command(
    name = "status",
    description = {
      "Show the own device: its fingerprint, its one-time keys at the homeserver, and how your identity stands."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  matrixrtc keys status --json"})
final class StatusCommand extends KeysAction {
  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    try (OpenProfile open = OpenProfile.open(profile)) {
      print(open, out);
    }
  }

  static void print(OpenProfile open, Printer out) throws CommandFailure {
    String fingerprint = open.ask(machine -> machine.identityKeys().ed25519().toBase64());
    out.print(
        Printer.object("own_device")
            .put("user", open.device().userId())
            .put("device", open.device().deviceId())
            .put("fingerprint", fingerprint),
        "Device       "
            + open.device().deviceId()
            + " of "
            + open.device().userId()
            + "\nFingerprint  "
            + Fingerprint.shown(fingerprint));
    keys(open.ask(machine -> machine.oneTimeKeys()), out);
    identity(open.await(open.client().crossSigning().status()), out);
  }

  private static void keys(OneTimeKeyState keys, Printer out) {
    ObjectNode json =
        Printer.object("one_time_keys")
            .put("published", keys.published())
            .put("unpublished", keys.unpublished())
            .put("kept", keys.kept())
            .put("lost", keys.lost());
    keys.onServer().ifPresent(count -> json.put("onServer", count));
    keys.fallbackPublishedAt().ifPresent(at -> json.put("fallbackPublishedAt", at.toString()));
    out.print(
        json,
        "One-time keys  "
            + (keys.onServer().isPresent() ? keys.onServer().getAsInt() : "unknown")
            + " at the homeserver, "
            + keys.kept()
            + " kept here, "
            + keys.unpublished()
            + " not confirmed; fallback key "
            + keys.fallbackPublishedAt().map(at -> "of " + at).orElse("none")
            + (keys.lost()
                ? "\nThe homeserver has one-time keys that are not here: this folder is an old copy."
                    + " Log out, and in again."
                : ""));
  }

  private static void identity(CrossSigningStatus status, Printer out) {
    ObjectNode json =
        Printer.object("own_identity")
            .put("exists", status.master().isPresent())
            .put("verified", status.identityVerified())
            .put("deviceSigned", status.deviceSigned());
    status.master().ifPresent(master -> json.put("master", master.toBase64()));
    names(json.putArray("privateKeys"), status.held());
    names(json.putArray("askedFor"), status.requested());
    out.print(
        json,
        status.master().isEmpty()
            ? "Identity     none yet: 'matrixrtc keys setup' makes one"
            : "Identity     "
                + Fingerprint.shown(status.master().get().toBase64())
                + "\n             "
                + (status.identityVerified() ? "verified" : "not verified")
                + ", has "
                + (status.deviceSigned() ? "" : "not ")
                + "signed this device; private keys here: "
                + (status.held().isEmpty() ? "none" : shown(status.held())));
  }

  private static void names(ArrayNode array, Collection<SecretName> names) {
    names.stream().sorted().forEach(name -> array.add(name.label()));
  }

  private static String shown(Collection<SecretName> names) {
    return names.stream()
        .sorted()
        .map(name -> name.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .collect(Collectors.joining(", "));
  }
}
