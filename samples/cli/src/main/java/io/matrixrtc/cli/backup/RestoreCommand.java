package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.download.DownloadState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings all keys of a backup into the store. */
@Command(
    name = "restore",
    description = {
      "Bring all keys of a backup into the store. It may be interrupted at any moment, by Ctrl-C,",
      "a crash or a power cut: the same command goes on from where it was."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  matrixrtc backup restore --from-file keys.json --recovery-key 'EsTc …' --store keys.db",
      "",
      "Exit codes: 0 all usable keys are in the store, 1 they are not, 2 wrong usage"
    })
final class RestoreCommand implements Callable<Integer> {
  @Option(
      names = "--from-file",
      paramLabel = "FILE",
      required = true,
      description = "A saved answer to GET /room_keys/keys, in place of a server.")
  private Path fromFile = Path.of("");

  @Mixin private final RecoveryKeyOptions recoveryKey = new RecoveryKeyOptions();

  @Option(
      names = "--store",
      paramLabel = "FILE",
      required = true,
      description = "The SQLite store; made if absent, with its key in FILE.key beside it.")
  private Path store = Path.of("");

  @Option(names = "--json", description = "Print one JSON object per line, a summary as the last.")
  private boolean json;

  @Override
  public Integer call() throws BackupFailure, InterruptedException {
    if (!Files.isReadable(fromFile)) {
      throw new BackupFailure("cannot read --from-file " + fromFile + ".");
    }
    RestoreDisplay display = new RestoreDisplay(System.out, json, System.console() != null);
    try (BackupKey key = recoveryKey.key()) {
      FileRestore restore = new FileRestore(fromFile, key, new StoreFile(store), display);
      return restore.run() == DownloadState.DONE ? 0 : 1;
    }
  }
}
