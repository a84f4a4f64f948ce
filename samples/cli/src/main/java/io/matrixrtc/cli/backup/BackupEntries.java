package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.download.EntrySink;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.BackupReader;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.io.IOException;

/** The entries of a backup, one after another as they come; the whole is never held. */
final class BackupEntries {
  private static final String NOT_WHOLE =
      "the backup did not come whole from the homeserver. Look at it with: backup status, and try"
          + " again.";

  private BackupEntries() {}

  /** Takes an entry, which may be anything. */
  @FunctionalInterface
  interface Sink {
    void entry(String roomId, String sessionId, JsonNode entry) throws VaultException;

    /** Takes one that is too long to look at; its names are cut. */
    default void damaged(String roomId, String sessionId, Reason reason) throws VaultException {
      entry(roomId, sessionId, Json.newObject());
    }
  }

  /** Hands every entry to {@code sink}, on this thread. */
  static void read(BackupSource source, String version, Sink sink)
      throws CommandFailure, VaultException, InterruptedException {
    try {
      BackupReader.read(source, version, new Parsed(sink));
    } catch (BackupReader.NotABackupException e) {
      throw new CommandFailure(e.getMessage() + ". Try again later.");
    } catch (IOException e) {
      throw new CommandFailure(NOT_WHOLE);
    }
  }

  private record Parsed(Sink sink) implements EntrySink {
    @Override
    public void entry(String roomId, String sessionId, byte[] json) throws VaultException {
      try {
        JsonNode entry = Json.parse(json);
        sink.entry(roomId, sessionId, entry.isNull() ? Json.newObject() : entry);
      } catch (MalformedJsonException e) {
        damaged(roomId, sessionId, Reason.JSON);
      }
    }

    @Override
    public void damaged(String roomId, String sessionId, Reason reason) throws VaultException {
      sink.damaged(roomId, sessionId, reason);
    }
  }
}
