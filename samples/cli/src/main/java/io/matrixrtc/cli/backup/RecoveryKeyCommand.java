package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.olm.RandomSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the key of the backup. */
@Command(
    name = "recovery-key",
    description = {
      "Show the recovery key of the backup itself, which this device keeps.",
      "It opens every key in the backup: show it to nobody."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Examples:", "  matrixrtc backup recovery-key --store alice.db"})
final class RecoveryKeyCommand implements Callable<Integer> {
  @Mixin private final StoreOptions options = new StoreOptions();

  @Override
  public Integer call() throws CommandFailure {
    try (SqliteCryptoStore opened = options.files().openExisting();
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(opened, opened.stateKey(), RandomSource.secure())) {
      Optional<StoredBackupKey.Held> held = StoredBackupKey.read(Archive.of(keys.keys()));
      if (held.isEmpty()) {
        throw new CommandFailure("the key of a backup is not here. Try: backup restore, or enable");
      }
      String text = held.get().key().toRecoveryKey();
      options
          .printer()
          .tell(
              "recoveryKey",
              object -> object.put("version", held.get().version()).put("recoveryKey", text),
              text);
      held.get().key().close();
      return 0;
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }
}
