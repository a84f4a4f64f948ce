package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.backup.KeyFilePassphrase;
import io.matrixrtc.cli.backup.RoomKeyFile;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes the room keys of the device along. */
@Command(
    name = "export",
    description = {
      "Write the room keys of the device to an encrypted key file, as other apps read it.",
      "The homeserver is not asked. 'matrixrtc backup export' does the same with a store of its own."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  matrixrtc keys export keys.txt --passphrase-file phrase",
      "  matrixrtc keys export keys.txt --passphrase-file phrase --room '!room:localhost'"
    })
final class ExportCommand extends KeysAction {
  @Parameters(paramLabel = "FILE", description = "The key file; must not exist yet.")
  private Path file = Path.of("");

  @Mixin private final KeyFilePassphrase passphrase = new KeyFilePassphrase();

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "Only keys of this room; may be given again.")
  private List<String> rooms = List.of();

  @Override
  void run(Profile profile, Printer out) throws CommandFailure {
    rooms.forEach(this::roomId);
    String phrase = passphrase.read();
    profile.login();
    try (SqliteCryptoStore store = profile.openStore()) {
      long written = RoomKeyFile.write(store, file, phrase, Set.copyOf(rooms));
      out.note(written + " keys are in " + file + ".");
      out.summary().put("exported", written);
    }
  }
}
