package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.StreamPositions;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.List;
import java.util.Optional;

/** Data that clients keep on the server for a user, globally or for one room. */
public final class AccountData {
  /** In place of a room id: data that belongs to no room. */
  public static final String GLOBAL = "";

  /** One entry; {@code position} is that of its last write. */
  public record Entry(String roomId, String type, ObjectNode content, long position) {}

  private record Pointer(String roomId, String type) {}

  private static final TableSpec<Entry> ENTRIES =
      TableSpec.of("account_data", Entry.class, "user_id", "room_id", "type");
  private static final TableSpec<Pointer> CHANGES =
      TableSpec.of("account_data_changes", Pointer.class, "user_id", "#position");

  private final Table<Entry> entries;
  private final Table<Pointer> changes;
  private final StreamPositions stream;
  private final News news;

  public AccountData(Foundation foundation) {
    this.entries = Table.open(foundation.storage(), ENTRIES);
    this.changes = Table.open(foundation.storage(), CHANGES);
    this.stream = foundation.stream();
    this.news = foundation.news();
  }

  /** HS-AD-ECHO: each write takes a new position, also one that changes nothing. */
  public void put(String userId, String roomId, String type, ObjectNode content) {
    entries
        .get(userId, roomId, type)
        .ifPresent(before -> changes.remove(userId, before.position()));
    long position = stream.next();
    entries.put(new Entry(roomId, type, content, position), userId, roomId, type);
    changes.put(new Pointer(roomId, type), userId, position);
    news.forUser(userId);
  }

  Optional<ObjectNode> get(String userId, String roomId, String type) {
    return entries.get(userId, roomId, type).map(Entry::content);
  }

  /** Entries written after {@code position}, in the order of writing. */
  public List<Entry> since(String userId, long position) {
    return changes.scan(Range.of(userId).after(position)).stream()
        .map(row -> entries.get(userId, row.value().roomId(), row.value().type()).orElseThrow())
        .toList();
  }

  /** All entries of one room, or the global ones. */
  public List<Entry> all(String userId, String roomId) {
    return entries.scan(Range.of(userId, roomId)).stream().map(Table.Row::value).toList();
  }
}
