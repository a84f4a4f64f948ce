package io.matrixrtc.cli.backup;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a key file, as other apps read it. */
@Command(
    name = "export",
    description = "Write the keys of the store to an encrypted key file, as other apps read it.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup export keys.txt --store alice.db --passphrase-file phrase",
      "  matrixrtc backup export keys.txt --store alice.db --passphrase-file phrase \\",
      "      --room '!abc:example.org'"
    })
final class ExportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The key file; must not exist yet.")
  private Path file = Path.of("");

  @Mixin private final FileKeyOptions options = new FileKeyOptions();

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "Only keys of this room; may be given again.")
  private List<String> rooms = List.of();

  @Override
  public Integer call() throws CommandFailure {
    String passphrase = options.passphrase();
    try (SqliteCryptoStore store = options.files().openExisting()) {
      long written = RoomKeyFile.write(store, file, passphrase, Set.copyOf(rooms));
      options
          .printer()
          .tell(
              "summary",
              json -> json.put("exported", written),
              written + " keys are in " + file + ".");
      return 0;
    }
  }
}
