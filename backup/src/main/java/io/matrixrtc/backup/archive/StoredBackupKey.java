package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupKeyException;
import io.matrixrtc.backup.download.DownloadJob;
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
 *
 * <p>When another key takes its place while a download of its version is not finished, it is kept
 * beside, since what that has fetched is readable with it alone (DL-KEY).
 */
public final class StoredBackupKey {
  private static final RowKey ROW = new RowKey("backup key", "", "");
  private static final RowKey EARLIER = new RowKey("backup key of download", "", "");

  private StoredBackupKey() {}

  /** The key and its version; the caller closes it. */
  public record Held(BackupKey key, String version) {}

  /** The key, if there is one. */
  public static Optional<Held> read(Archive archive) throws VaultException {
    return open(archive.use(room -> room.row(ROW)));
  }

  /**
   * The key of a download that is not finished, if another one took its place meanwhile: to drain
   * that before a new one begins.
   */
  public static Optional<BackupKey> ofDownload(Archive archive) throws VaultException {
    Optional<Held> held = open(archive.use(room -> room.row(EARLIER)));
    if (held.isPresent() && !isNeeded(archive, held.get().key())) {
      held.get().key().close();
      return Optional.empty();
    }
    return held.map(Held::key);
  }

  private static Optional<Held> open(Optional<byte[]> row) throws VaultException {
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

  private static boolean isNeeded(Archive archive, BackupKey key) throws VaultException {
    Optional<DownloadJob> job = archive.use(JobRow::read);
    return job.isPresent()
        && !job.get().state().isFinal()
        && job.get().publicKey().equals(key.publicKey().toBase64());
  }

  /** Keeps a key, instead of an earlier one. */
  public static void write(Archive archive, BackupKey key, String version) throws VaultException {
    byte[] row =
        Json.newObject()
            .put("version", version)
            .put("secret", key.toSecret())
            .toString()
            .getBytes(UTF_8);
    write(archive, Optional.of(key), new ExtraWrites().put(ROW, row));
    Arrays.fill(row, (byte) 0);
  }

  /** Forgets the key. */
  public static void forget(Archive archive) throws VaultException {
    write(archive, Optional.empty(), new ExtraWrites().forget(ROW));
  }

  /** Writes with {@code rows} what becomes of the key that was there. */
  private static void write(Archive archive, Optional<BackupKey> next, ExtraWrites rows)
      throws VaultException {
    Optional<Held> before = read(archive);
    try {
      if (before.isPresent()
          && isNeeded(archive, before.get().key())
          && !next.map(BackupKey::toSecret).equals(before.map(held -> held.key().toSecret()))) {
        archive.use(
            room -> {
              room.row(ROW).ifPresent(row -> rows.put(EARLIER, row));
              room.write(rows);
              return true;
            });
        return;
      }
    } finally {
      before.ifPresent(held -> held.key().close());
    }
    Optional<BackupKey> needed = ofDownload(archive);
    if (needed.isEmpty()) {
      rows.forget(EARLIER);
    }
    needed.ifPresent(BackupKey::close);
    archive.use(
        room -> {
          room.write(rows);
          return true;
        });
  }
}
