package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.keyfile.KeyFileExport;
import io.matrixrtc.backup.roomkey.RoomKeyVault.Kept;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
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
      "      --room '!abc:example.org' --since 2026-01-01"
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

  @Option(
      names = "--since",
      paramLabel = "MOMENT",
      converter = MomentConverter.class,
      description = {
        "Only keys that came to this device from then on, such as 2026-01-31.",
        "That is an approximation: keys do not tell when their messages were sent. Keys of which it is not known are included."
      })
  private Instant since = Instant.MIN;

  @Option(
      names = "--until",
      paramLabel = "MOMENT",
      converter = MomentConverter.class,
      description = "Only keys that came to this device before then; as rough as --since.")
  private Instant until = Instant.MAX;

  @Override
  public Integer call() throws CommandFailure {
    String passphrase = options.passphrase();
    Set<String> wanted = new HashSet<>(rooms);
    Predicate<Kept> inTime = KeyFileExport.firstSeenBetween(since, until);
    boolean byTime = since.isAfter(Instant.MIN) || until.isBefore(Instant.MAX);
    long[] unknown = {0};
    try (SqliteCryptoStore store = options.files().openExisting()) {
      long written =
          RoomKeyFile.write(
              store,
              file,
              passphrase,
              kept -> {
                boolean chosen =
                    (wanted.isEmpty() || wanted.contains(kept.key().id().roomId()))
                        && inTime.test(kept);
                unknown[0] += chosen && kept.firstSeen().isEmpty() ? 1 : 0;
                return chosen;
              });
      if (written == 0 && !byTime) {
        nothing(wanted);
      }
      options
          .printer()
          .tell(
              "summary",
              json -> {
                json.put("exported", written);
                if (byTime) {
                  json.put("timeUnknown", unknown[0]);
                }
              },
              written
                  + " keys are in "
                  + file
                  + "."
                  + (byTime
                      ? " By when they came to this device, which is an approximation; of "
                          + unknown[0]
                          + " of them that is not known."
                      : ""));
      return 0;
    }
  }

  /** A file without a key would be taken for one that keeps them. */
  private void nothing(Set<String> wanted) throws CommandFailure {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // it stays, and is said to hold nothing
    }
    throw new CommandFailure(
        wanted.isEmpty()
            ? "the store has no key to export. Bring some with: backup restore, or import"
            : "the store has no key of " + String.join(", ", wanted) + ". Check --room.");
  }
}
