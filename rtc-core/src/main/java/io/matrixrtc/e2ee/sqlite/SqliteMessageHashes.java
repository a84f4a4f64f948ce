package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The newest hashes of messages. Each write is one row, with a line for each hash; questions, which
 * are rare, are answered from memory, where the hashes are from the first question to the next
 * write.
 */
final class SqliteMessageHashes {
  private static final String SEPARATOR = "\n";

  private final Database database;
  private @Nullable Set<String> newest;

  SqliteMessageHashes(Database database) {
    this.database = database;
  }

  boolean contains(String hash) throws CryptoStoreException {
    synchronized (database) { // as a transaction does, which may write here
      if (newest == null) {
        newest = read();
      }
      return newest.contains(hash);
    }
  }

  private Set<String> read() throws CryptoStoreException {
    List<String[]> rows =
        database.query(
            row -> row.getString(1).split(SEPARATOR),
            "SELECT hashes FROM message_hashes ORDER BY last DESC");
    Set<String> found = new HashSet<>();
    int room = CryptoStore.MAX_MESSAGE_HASHES; // STORE-HASHES
    for (String[] hashes : rows) {
      int old = Math.max(0, hashes.length - room);
      found.addAll(List.of(hashes).subList(old, hashes.length));
      room -= hashes.length - old;
    }
    return found;
  }

  /** Adds {@code hashes}, oldest first, and drops what is too old; in the caller's transaction. */
  void write(Set<String> hashes) throws CryptoStoreException {
    if (hashes.isEmpty()) {
      return;
    }
    forget();
    database.update(
        "INSERT INTO message_hashes SELECT coalesce(max(last), 0) + ?, ? FROM message_hashes",
        hashes.size(),
        String.join(SEPARATOR, hashes));
    database.update(
        "DELETE FROM message_hashes WHERE last <= (SELECT max(last) FROM message_hashes) - ?",
        CryptoStore.MAX_MESSAGE_HASHES);
  }

  /** What was read of the rows is no longer what they hold. */
  void forget() {
    synchronized (database) {
      newest = null;
    }
  }
}
