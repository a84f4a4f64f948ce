package io.matrixrtc.cli.keys;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whom encryption reaches: devices, trust, identity and room keys of one device. */
@Command(
    name = "keys",
    description = {
      "Show and decide whom encryption reaches, as a device of your own that is kept on disk:",
      "the devices and trust of users, your identity, room keys and who lacks them."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      LoginCommand.class,
      StatusCommand.class,
      DevicesCommand.class,
      VerifyCommand.class,
      BlockCommand.class,
      SignCommand.class,
      SessionsCommand.class,
      LacksCommand.class,
      ExportCommand.class,
      SetupCommand.class,
      ResetCommand.class,
      LogoutCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  matrixrtc keys login --homeserver http://localhost:8008 --user alice",
      "  matrixrtc keys setup",
      "  matrixrtc keys devices @bob:localhost",
      "  matrixrtc keys verify @bob:localhost 'fTv2 …'",
      "  matrixrtc keys lacks '!room:localhost' --json",
      "",
      "The device is one more of the account. Its folder holds its keys: keep it to yourself."
    })
public final class KeysCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "What? " + String.join(", ", spec.subcommands().keySet()));
  }
}
