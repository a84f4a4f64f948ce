package io.matrixrtc.cli.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.IdentityState;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.UserIdentity;
import io.matrixrtc.e2ee.VerificationState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Devices and trust of users. */
@Command(
    name = "devices",
    description = {
      "Show the devices of users, and how far each is trusted.",
      "Without a user: your own.",
      "",
      "By default keys go to devices that their owner's identity has signed: those that are verified or signed here, but not blocked ones."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  matrixrtc keys devices",
      "  matrixrtc keys devices @bob:localhost @carol:localhost --json"
    })
final class DevicesCommand extends KeysAction {
  @Parameters(paramLabel = "USER", description = "Full user ids.")
  private List<String> users = List.of();

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    users.forEach(this::userId);
    try (OpenProfile open = OpenProfile.open(profile)) {
      List<String> shown = users.isEmpty() ? List.of(open.device().userId()) : users;
      open.lookUp(shown);
      int devices = 0;
      for (String user : shown) {
        Optional<String> unknown = open.unknown(user);
        if (unknown.isPresent()) {
          throw new CommandFailure(unknown.get());
        }
        devices += print(user, open, out);
      }
      out.summary().put("devices", devices);
    }
  }

  private record Row(Device device, VerificationState state) {}

  private static int print(String user, OpenProfile open, Printer out) throws CommandFailure {
    Optional<UserIdentity> identity = open.ask(machine -> machine.identity(user));
    Optional<IdentityState> state = open.ask(machine -> machine.identityState(user));
    identity(user, identity, state, out);
    List<Row> rows =
        open.ask(
            machine -> {
              List<Row> all = new ArrayList<>();
              for (Device device : machine.devicesOf(user)) {
                all.add(new Row(device, machine.verificationOf(device.address()).orElseThrow()));
              }
              return all;
            });
    rows.stream()
        .sorted(Comparator.comparing(row -> row.device().address()))
        .forEach(row -> device(row, open, out));
    return rows.size();
  }

  private static void identity(
      String user, Optional<UserIdentity> identity, Optional<IdentityState> state, Printer out) {
    ObjectNode json = Printer.object("identity").put("user", user);
    json.put("state", state.map(Enum::name).orElse("NONE"));
    identity.ifPresent(known -> json.put("master", known.master().key().toBase64()));
    out.print(
        json,
        user
            + "  "
            + state.map(DevicesCommand::sentence).orElse("has no identity")
            + identity
                .map(known -> "\n  " + Fingerprint.shown(known.master().key().toBase64()))
                .orElse(""));
  }

  private static void device(Row row, OpenProfile open, Printer out) {
    Device device = row.device();
    String name = device.keys().toJson().at("/unsigned/device_display_name").asText("");
    boolean own = device.address().equals(open.device());
    String key = device.keys().ed25519().toBase64();
    out.print(
        Printer.object("device")
            .put("user", device.keys().userId())
            .put("device", device.keys().deviceId())
            .put("name", name)
            .put("fingerprint", key)
            .put("state", row.state().name())
            .put("localTrust", device.localTrust().name())
            .put("own", own),
        String.format(
            "  %-12s %-28s %s%n    %s",
            device.keys().deviceId(),
            device.localTrust() == LocalTrust.BLOCKED ? "blocked" : sentence(row.state()),
            own ? "(this device)" : name,
            Fingerprint.shown(key)));
  }

  private static String sentence(IdentityState state) {
    return switch (state) {
      case VERIFIED -> "identity verified";
      case UNVERIFIED -> "identity not verified";
      case PIN_VIOLATION -> "identity CHANGED since it was first seen";
      case VERIFICATION_VIOLATION -> "identity CHANGED since it was verified";
    };
  }

  static String sentence(VerificationState state) {
    return switch (state) {
      case VERIFIED -> "verified";
      case UNVERIFIED_IDENTITY -> "signed by its owner";
      case VERIFICATION_VIOLATION -> "of a CHANGED identity";
      case UNSIGNED_DEVICE -> "not signed by its owner";
      case NO_DEVICE -> "of an unknown device";
      case INSECURE_SOURCE -> "from a file or backup";
      case MISMATCHED_SENDER -> "of another user";
    };
  }
}
