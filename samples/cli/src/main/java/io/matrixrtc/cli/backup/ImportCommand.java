package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.keyfile.KeyFileException;
import io.matrixrtc.backup.keyfile.KeyFileImport;
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

  @Override
  public Integer call() throws CommandFailure {
    String passphrase = options.passphrase();
    try (SqliteCryptoStore store = options.files().open();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure())) {
      KeyFileImport.Report report =
          KeyFileImport.run(
              () -> Files.newInputStream(file),
              passphrase,
              new ArchiveVault(Archive.of(keys.keys()), InstantSource.system()));
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
      return 0;
    } catch (KeyFileException e) {
      throw new CommandFailure(
          e.reason() == KeyFileException.Reason.MAC
              ? "wrong passphrase, or the file is damaged. Nothing was imported."
              : file + " is no key file: " + e.getMessage() + ".");
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ".");
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }
}
