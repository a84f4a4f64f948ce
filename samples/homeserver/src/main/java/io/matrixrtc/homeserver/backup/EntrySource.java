package io.matrixrtc.homeserver.backup;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The entries of a backup, read one after the other: those that are stored, or any that a test
 * makes as they are asked for. Used by one thread at a time.
 */
public interface EntrySource {
  /** How many there are. */
  long count();

  List<String> rooms();

  /** The entries of a room; nothing for a room that has none. */
  Iterator<BackupEntry> entries(String roomId);

  Optional<BackupEntry> entry(String roomId, String sessionId);
}
