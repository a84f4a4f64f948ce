package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.keyfile.KeyFileException;
import io.matrixrtc.backup.keyfile.KeyFileImport;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Reads a key file. */
@Command(
    name = "import",
    description = {
      "Bring the keys of a key file into the store.",
      "A file that was tampered with is refused whole; a damaged key in a good file costs itself alone."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup import element-keys.txt --store alice.db --passphrase-file phrase"
    })
final class ImportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The key file.")
  private Path file = Path.of("");

  @Mixin private final FileKeyOptions options = new FileKeyOptions();

  private long named;

  /** Key files have no names for their entries but the place; counting begins at 1 for people. */
  private void name(long position, DamagedKeyException.Reason why) {
    if (named++ < BackupComparison.MAX_NAMED) {
      String reason = why.name().toLowerCase(Locale.ROOT);
      options
          .printer()
          .tell(
              "damaged",
              json -> json.put("entry", position + 1).put("reason", reason),
              "Damaged (" + reason + "): entry " + (position + 1) + " of the file");
    }
  }

  @Override
  public Integer call() throws CommandFailure {
    GivenFile.checkToRead(file, "the key file");
    String passphrase = options.passphrase();
    try (SqliteCryptoStore store = options.files().open();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure())) {
      KeyFileImport.Report report =
          KeyFileImport.run(
              () -> Files.newInputStream(file),
              passphrase,
              new ArchiveVault(Archive.of(keys.keys()), InstantSource.system()),
              this::name);
      options
          .printer()
          .tell(
              "summary",
              json -> {
                json.put("imported", report.imported())
                    .put("known", report.unchanged())
                    .put("damaged", report.skippedCount());
                ObjectNode reasons = json.putObject("reasons");
                report
                    .skipped()
                    .forEach(
                        (why, count) -> reasons.put(why.name().toLowerCase(Locale.ROOT), count));
              },
              report.imported()
                  + " new, "
                  + report.unchanged()
                  + " known, "
                  + report.skippedCount()
                  + " damaged"
                  + (report.skipped().isEmpty() ? "" : " " + new TreeMap<>(report.skipped()))
                  + ".");
      if (report.imported() + report.unchanged() + report.skippedCount() == 0) {
        throw new CommandFailure(
            "there is no key in " + file + ". Export one anew in an app that has the keys.");
      }
      return 0;
    } catch (KeyFileException e) {
      throw new CommandFailure(
          e.reason() == KeyFileException.Reason.MAC
              ? "wrong passphrase, or the file is damaged. Nothing was imported. Try the passphrase"
                  + " that the file was exported with."
              : file
                  + " is no key file: "
                  + e.getMessage()
                  + ". Nothing was imported. Export one anew in the other app.");
    } catch (IOException e) {
      throw new CommandFailure("cannot read the key file " + file + ". Try again.");
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }
}
