package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.LogoutOutcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Ends the device. */
@Command(
    name = "logout",
    description = {
      "Delete the device at the homeserver, and its keys here.",
      "Room keys and private identity keys that are nowhere else are lost."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:", "  matrixrtc keys logout --yes"})
final class LogoutCommand extends KeysAction {
  @Option(names = "--yes", description = "Do it.")
  private boolean yes;

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    if (!yes) {
      throw misused("the keys in " + profile.folder() + " will be deleted. Add --yes to do it");
    }
    LogoutOutcome outcome;
    try (OpenProfile open = OpenProfile.open(profile)) {
      outcome = open.await(open.client().logout());
    }
    if (outcome instanceof LogoutOutcome.Failed failed) {
      throw new CommandFailure(failed.failure().sentence());
    }
    profile.delete();
    out.print(Printer.object("logout"), "Logged out; the device and its keys are deleted.");
  }
}
