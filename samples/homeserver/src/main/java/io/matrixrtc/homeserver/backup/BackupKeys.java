package io.matrixrtc.homeserver.backup;

import io.matrixrtc.homeserver.store.Key;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The stored entries of all backups, and how many each room has in each. */
final class BackupKeys {
  /** Rows read at once. */
  static final int PAGE = 500;

  private record Count(long entries) {}

  private static final TableSpec<BackupKey> SPEC =
      TableSpec.of("backup_keys", BackupKey.class, "user_id", "#version", "room_id", "session_id");
  private static final TableSpec<Count> ROOMS =
      TableSpec.of("backup_rooms", Count.class, "user_id", "#version", "room_id");

  private final Storage storage;
  private final Table<BackupKey> table;
  private final Table<Count> rooms;
  private final BackupControl control;

  BackupKeys(Storage storage, BackupControl control) {
    this.storage = storage;
    this.table = Table.open(storage, SPEC);
    this.rooms = Table.open(storage, ROOMS);
    this.control = control;
  }

  Optional<BackupKey> get(String userId, long version, String roomId, String sessionId) {
    return table.get(userId, version, roomId, sessionId);
  }

  /** Writes an entry; returns whether there was none before. */
  boolean put(String userId, long version, String roomId, String sessionId, BackupKey key) {
    boolean fresh = !table.contains(userId, version, roomId, sessionId);
    table.put(key, userId, version, roomId, sessionId);
    if (fresh) {
      add(userId, version, roomId, 1);
    }
    return fresh;
  }

  /** Removes all entries, those of a room, or one; returns how many. */
  int remove(String userId, long version, Optional<String> roomId, Optional<String> sessionId) {
    if (roomId.isEmpty()) {
      rooms.removeAll(Range.of(userId, version));
      return table.removeAll(Range.of(userId, version));
    }
    Range range =
        sessionId.isEmpty()
            ? Range.of(userId, version, roomId.get())
            : Range.of(userId, version, roomId.get(), sessionId.get());
    int removed = table.removeAll(range);
    add(userId, version, roomId.get(), -removed);
    return removed;
  }

  private void add(String userId, long version, String roomId, long more) {
    long now = rooms.get(userId, version, roomId).map(Count::entries).orElse(0L) + more;
    if (now > 0) {
      rooms.put(new Count(now), userId, version, roomId);
    } else {
      rooms.remove(userId, version, roomId);
    }
  }

  /** The stored entries of a version, read page by page. On the state thread only. */
  EntrySource of(String userId, long version) {
    return new Stored(userId, version);
  }

  private final class Stored implements EntrySource {
    private final String userId;
    private final long version;

    Stored(String userId, long version) {
      this.userId = userId;
      this.version = version;
    }

    @Override
    public long count() {
      return table.count(userId, version);
    }

    @Override
    public List<String> rooms() {
      return control.ordered(
          rooms.scan(Range.of(userId, version)).stream().map(row -> row.key().text(2)).toList());
    }

    @Override
    public Iterator<BackupEntry> entries(String roomId) {
      return new Pages(Range.of(userId, version, roomId).limit(PAGE));
    }

    @Override
    public Optional<BackupEntry> entry(String roomId, String sessionId) {
      return storage
          .get(SPEC, Key.of(userId, version, roomId, sessionId))
          .map(json -> new BackupEntry(sessionId, json));
    }
  }

  private final class Pages implements Iterator<BackupEntry> {
    private final Range first;
    private Iterator<Storage.StoredRow> page;
    private Optional<Range> next;

    Pages(Range first) {
      this.first = first;
      this.page = List.<Storage.StoredRow>of().iterator();
      this.next = Optional.of(first);
    }

    @Override
    public boolean hasNext() {
      if (!page.hasNext() && next.isPresent()) {
        List<Storage.StoredRow> rows = storage.scan(SPEC, next.get());
        next =
            rows.size() < PAGE
                ? Optional.empty()
                : Optional.of(first.beyond(rows.get(rows.size() - 1).key()));
        page = control.ordered(rows).iterator();
      }
      return page.hasNext();
    }

    @Override
    public BackupEntry next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Storage.StoredRow row = page.next();
      return new BackupEntry(row.key().text(3), row.value());
    }
  }
}
