package io.matrixrtc.backup.service;

import io.matrixrtc.backup.EntryRank;
import io.matrixrtc.backup.download.EntrySink;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.io.IOException;
import java.util.Optional;

/**
 * Counts the keys that a backup version has and the store has not, or only from a later message on.
 * Names and first indexes are in the clear, so that needs no key of the version (UP-OLDER).
 */
final class OnlyThere implements EntrySink {
  private final RoomKeyVault vault;
  private final String version;
  private long found;

  private OnlyThere(RoomKeyVault vault, String version) {
    this.vault = vault;
    this.version = version;
  }

  /**
   * Reads the whole version, and counts. Blocks as long as that takes.
   *
   * @throws VaultException if the store fails, or the version cannot be read to its end
   */
  static long count(BackupSource source, RoomKeyVault vault, String version) throws VaultException {
    OnlyThere there = new OnlyThere(vault, version);
    try {
      BackupReader.read(source, version, there);
    } catch (IOException e) {
      throw new VaultException("backup version " + version + " cannot be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VaultException("interrupted while backup version " + version + " was read", e);
    }
    return there.found;
  }

  @Override
  public void entry(String roomId, String sessionId, byte[] json) throws VaultException {
    try {
      long hinted = EntryRank.parse(Json.parse(json)).firstMessageIndex();
      Optional<RoomKeyVault.Held> held = vault.held(new RoomKeyId(roomId, sessionId), version);
      if (held.isEmpty() || held.get().evicted() || held.get().firstKnownIndex() > hinted) {
        found++;
      }
    } catch (MalformedJsonException e) {
      damaged(roomId, sessionId, Reason.JSON);
    }
  }

  @Override
  public void damaged(String roomId, String sessionId, Reason reason) {
    // nobody can read it: nothing is lost with it
  }
}
