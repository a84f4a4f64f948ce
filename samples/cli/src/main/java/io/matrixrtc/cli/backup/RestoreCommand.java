package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.cli.failure.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings all keys of a backup into the store. */
@Command(
    name = "restore",
    description = {
      "Bring all keys of a backup into the store.",
      "It may be interrupted at any moment, by Ctrl-C, a crash or a power cut: the same command goes on from where it was."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup restore --store alice.db --recovery-key-file key.txt",
      "  matrixrtc backup restore --from-file keys.json --recovery-key 'EsTc …' --store keys.db",
      "",
      "Exit codes: 0 all usable keys are in the store, 1 they are not, 2 wrong usage"
    })
final class RestoreCommand implements Callable<Integer> {
  @Option(
      names = "--from-file",
      paramLabel = "FILE",
      description = "A saved answer to GET /room_keys/keys, in place of a server and a login.")
  private @Nullable Path fromFile;

  @Mixin private final RecoveryKeyOptions recoveryKey = new RecoveryKeyOptions();

  @Mixin private final AccountOptions options = new AccountOptions();

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    RestoreDisplay display =
        new RestoreDisplay(System.out, System.err, options.json(), System.console() != null);
    DownloadState end = fromFile == null ? fromServer(display) : fromFile(fromFile, display);
    return end == DownloadState.DONE ? 0 : 1;
  }

  private DownloadState fromServer(RestoreDisplay display)
      throws CommandFailure, InterruptedException {
    try (Account account = options.open()) {
      return new ServerRestore(account, display).run(recoveryKey);
    }
  }

  private DownloadState fromFile(Path file, RestoreDisplay display)
      throws CommandFailure, InterruptedException {
    if (!Files.isReadable(file)) {
      throw new CommandFailure("cannot read --from-file " + file + ".");
    }
    try (BackupKey key = recoveryKey.key()) {
      return new FileRestore(file, key, options.files(), display).run();
    }
  }
}
