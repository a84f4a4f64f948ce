package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.keyfile.KeyFileExport;
import io.matrixrtc.backup.keyfile.KeyFileWriter;
import io.matrixrtc.backup.roomkey.RoomKeyVault.Kept;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.olm.RandomSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Predicate;

/** An encrypted key file that a command writes from the store of a device. */
public final class RoomKeyFile {
  private RoomKeyFile() {}

  /**
   * Writes the room keys of a store to a file that must not exist yet.
   *
   * @param rooms only their keys; those of all rooms if there is none
   * @return how many there were
   */
  public static long write(SqliteCryptoStore store, Path file, String passphrase, Set<String> rooms)
      throws CommandFailure {
    return write(
        store,
        file,
        passphrase,
        kept -> rooms.isEmpty() || rooms.contains(kept.key().id().roomId()));
  }

  /** As {@link #write(SqliteCryptoStore, Path, String, Set)}, of the keys that are chosen. */
  static long write(SqliteCryptoStore store, Path file, String passphrase, Predicate<Kept> chosen)
      throws CommandFailure {
    GivenFile.checkToMake(file, "the key file");
    try (OfflineRoomKeys keys =
        OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure())) {
      OwnerFile.create(file, "");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
          KeyFileWriter writer = new KeyFileWriter(out, passphrase, RandomSource.secure())) {
        long written = KeyFileExport.run(new ArchiveVault(Archive.of(keys.keys())), chosen, writer);
        writer.finish();
        return written;
      }
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot write the key file " + file + ", or it exists already. Name another.");
    } catch (VaultException e) {
      throw CommandFailure.of(e);
    }
  }
}
