package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The newest hashes of messages. Each write is one row, with a line for each hash.
 *
 * <p>Every pre-key message that starts a session is a question, so most syncs of a busy device hold
 * some. To read and split all rows for each would cost far more than the message. An index would
 * make each write pay for it, also of those who never ask. So the first question reads the rows,
 * and from then on the hashes are kept in memory, at most {@value CryptoStore#MAX_MESSAGE_HASHES},
 * of about 150 bytes each: 1.5 MB at most, and nothing where nobody asks. New ones are added when
 * the transaction that wrote them has ended; when it failed, the next question reads again.
 */
final class SqliteMessageHashes {
  private static final String SEPARATOR = "\n";

  private final Database database;
  private @Nullable LinkedHashSet<String> newest; // oldest first

  SqliteMessageHashes(Database database) {
    this.database = database;
  }

  boolean contains(String hash) throws CryptoStoreException {
    synchronized (database) { // as a transaction does, which may write here
      database.checkOpen(); // STORE-CLOSE: what is in memory answers no more
      if (newest == null) {
        newest = read();
      }
      return newest.contains(hash);
    }
  }

  private LinkedHashSet<String> read() throws CryptoStoreException {
    List<String[]> rows =
        database.query(
            row -> row.getString(1).split(SEPARATOR),
            "SELECT hashes FROM message_hashes ORDER BY last");
    LinkedHashSet<String> found = new LinkedHashSet<>();
    rows.forEach(hashes -> add(List.of(hashes), found));
    return found;
  }

  private static void add(Iterable<String> hashes, LinkedHashSet<String> newest) {
    for (String hash : hashes) {
      newest.remove(hash); // a repeated one counts as new
      newest.add(hash);
      if (newest.size() > CryptoStore.MAX_MESSAGE_HASHES) { // STORE-HASHES
        Iterator<String> oldest = newest.iterator();
        oldest.next();
        oldest.remove();
      }
    }
  }

  /** Adds {@code hashes}, oldest first, and drops what is too old; in the caller's transaction. */
  void write(Set<String> hashes) throws CryptoStoreException {
    if (hashes.isEmpty()) {
      return;
    }
    database.update(
        "INSERT INTO message_hashes SELECT coalesce(max(last), 0) + ?, ? FROM message_hashes",
        hashes.size(),
        String.join(SEPARATOR, hashes));
    database.update(
        "DELETE FROM message_hashes WHERE last <= (SELECT max(last) FROM message_hashes) - ?",
        CryptoStore.MAX_MESSAGE_HASHES);
  }

  /** The transaction that wrote {@code hashes} has ended well. */
  void written(Set<String> hashes) {
    synchronized (database) {
      if (newest != null) {
        add(hashes, newest);
      }
    }
  }

  /** What is in memory may not be what the rows hold, or is needed no more. */
  void forget() {
    synchronized (database) {
      newest = null;
    }
  }
}
