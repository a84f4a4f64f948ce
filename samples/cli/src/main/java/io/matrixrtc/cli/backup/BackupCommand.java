package io.matrixrtc.cli.backup;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The keys of old messages. */
@Command(
    name = "backup",
    description = {
      "Keep the keys of old messages: bring all of them from the server's backup, put new ones there, and see what would be lost."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      StatusCommand.class,
      EnableCommand.class,
      DisableCommand.class,
      RestoreCommand.class,
      UploadCommand.class,
      VerifyCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      RecoveryKeyCommand.class,
      PreferenceCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup status --store alice.db",
      "  matrixrtc backup restore --from-file keys.json --recovery-key 'EsTc …' --store keys.db"
    })
public final class BackupCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "What about the backup? There are: " + String.join(", ", spec.subcommands().keySet()));
  }
}
