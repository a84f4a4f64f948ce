package io.matrixrtc.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.RandomSource;
import java.util.Arrays;

/**
 * One room key in a backup, {@code KeyBackupData}: a sealed key and what the server may know of it.
 *
 * <p>Source: Matrix specification, "Server-side key backups".
 */
public final class BackupEntry {
  private BackupEntry() {}

  /** Returns the entry that holds {@code roomKey}, for the backup of {@code recipient}. */
  public static ObjectNode seal(
      ExportedRoomKey roomKey, Curve25519PublicKey recipient, RandomSource random) {
    byte[] plaintext = roomKey.toBackupJson().toString().getBytes(UTF_8);
    ObjectNode entry = Json.newObject();
    EntryRank.of(roomKey.firstKnownIndex()).writeTo(entry);
    entry.set("session_data", SealedBox.seal(recipient, plaintext, random));
    Arrays.fill(plaintext, (byte) 0);
    return entry;
  }

  /**
   * Returns the key that {@code entry} holds, which is filed under {@code roomId} and {@code
   * sessionId}. The caller must close it.
   *
   * @throws DamagedKeyException if it cannot be used
   */
  public static ExportedRoomKey open(BackupKey key, String roomId, String sessionId, JsonNode entry)
      throws DamagedKeyException {
    byte[] plaintext = SealedBox.open(key, entry.path("session_data"));
    try {
      return ExportedRoomKey.parse(roomId, sessionId, Json.parseObject(plaintext));
    } catch (MalformedJsonException e) {
      // ENTRY-UTF8: a peer puts replacement characters instead
      throw new DamagedKeyException(
          e.reason() == MalformedJsonException.Reason.NOT_UTF8 ? Reason.UTF8 : Reason.JSON);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }
}
