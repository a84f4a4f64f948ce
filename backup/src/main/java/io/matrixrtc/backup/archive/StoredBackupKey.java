package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupKeyException;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RowKey;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The private key of the backup in the crypto store, sealed as everything there, with the version
 * that it opens. So uploads and restore go on after a restart without asking for it.
 */
public final class StoredBackupKey {
  private static final RowKey ROW = new RowKey("backup key", "", "");

  private StoredBackupKey() {}

  /** The key and its version; the caller closes it. */
  public record Held(BackupKey key, String version) {}

  /** The key, if there is one. */
  public static Optional<Held> read(Archive archive) throws VaultException {
    Optional<byte[]> row = archive.use(room -> room.row(ROW));
    if (row.isEmpty()) {
      return Optional.empty();
    }
    try {
      ObjectNode json = Json.parseObject(row.get());
      return Optional.of(
          new Held(
              BackupKey.fromSecret(json.path("secret").asText()), json.path("version").asText()));
    } catch (MalformedJsonException | BackupKeyException e) {
      throw new VaultException(
          "the store is damaged", new CryptoStoreException.Unreadable("backup key", e));
    } finally {
      Arrays.fill(row.get(), (byte) 0);
    }
  }

  /** Keeps a key, instead of an earlier one. */
  public static void write(Archive archive, BackupKey key, String version) throws VaultException {
    byte[] row =
        Json.newObject()
            .put("version", version)
            .put("secret", key.toSecret())
            .toString()
            .getBytes(UTF_8);
    archive.use(
        room -> {
          room.write(new ExtraWrites().put(ROW, row));
          return true;
        });
    Arrays.fill(row, (byte) 0);
  }

  /** Forgets the key. */
  public static void forget(Archive archive) throws VaultException {
    archive.use(
        room -> {
          room.write(new ExtraWrites().forget(ROW));
          return true;
        });
  }
}
