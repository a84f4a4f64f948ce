package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.cli.failure.CommandFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the backup with the store. */
@Command(
    name = "verify",
    description = {
      "Read the backup, open entries of it, and compare each key with that of the store: whether it is the same one, and from as early on as here.",
      "It changes nothing."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup verify --store alice.db",
      "  matrixrtc backup verify --store alice.db --all",
      "",
      "Exit codes: 0 the backup has every key of the store, and what was opened is as good there as here;",
      "  1 not so, or a key there is not ours, or the store alone is empty; 2 wrong usage"
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final AccountOptions options = new AccountOptions();

  @Mixin private final RecoveryKeyOptions recoveryKey = new RecoveryKeyOptions();

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many entries to open, spread evenly (default: ${DEFAULT-VALUE}).")
  private int sample;

  @Option(names = "--all", description = "Open every entry.")
  private boolean all;

  private long seen;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    if (sample < 1) {
      throw new ParameterException(
          spec.commandLine(), "--sample wants 1 or more, not " + sample + ".");
    }
    try (Account account = options.open()) {
      BackupVersion version = account.needVersion();
      try (BackupKey key = KeyOfBackup.find(account, version, recoveryKey)) {
        BackupComparison comparison = new BackupComparison(account.archive(), key);
        BackupEntries.read(
            account.api(),
            version.version(),
            new BackupEntries.Sink() {
              @Override
              public void entry(String room, String session, JsonNode entry) throws VaultException {
                comparison.add(room, session, entry, isChosen(version.count()));
              }

              @Override
              public void damaged(String room, String session, Reason reason) {
                comparison.addDamaged(room, session, reason, isChosen(version.count()));
              }
            });
        comparison.flush();
        return tell(comparison);
      }
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }

  /** Whether the next entry is one of the sample, of as many as the homeserver says there are. */
  private boolean isChosen(long total) {
    long before = seen++;
    return all || total <= sample || before * sample / total < seen * sample / total;
  }

  private int tell(BackupComparison comparison) throws CommandFailure {
    Printer printer = options.printer();
    comparison.name(printer);
    printer.tell("summary", comparison::putTo, comparison.toText());
    if (comparison.different() > 0) {
      throw new CommandFailure(
          "ALARM: "
              + comparison.different()
              + " keys of the backup are not the ones that this device has. Somebody, or a defect,"
              + " put other keys there. Keep this store, and put its keys into a new backup with:"
              + " backup enable --replace");
    }
    if (comparison.isStoreEmpty() && comparison.entries() > 0) {
      throw new CommandFailure(
          "the store has no key, so that nothing was compared; the backup has "
              + comparison.entries()
              + ". Bring them with: backup restore");
    }
    if (comparison.damaged() > 0) {
      throw new CommandFailure(
          comparison.damaged()
              + " entries of the backup are damaged. A new backup has what is here: backup enable"
              + " --replace");
    }
    if (comparison.worse() + comparison.missing() > 0) {
      throw new CommandFailure(
          comparison.missing()
              + " keys of the store are missing in the backup, and "
              + comparison.worse()
              + " are worse there. Run backup restore, which finds the worse ones, and then backup"
              + " upload");
    }
    return 0;
  }
}
