package io.matrixrtc.homeserver.ephemeral;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.rooms.Event;
import io.matrixrtc.homeserver.rooms.Memberships;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.StreamPositions;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** How far users have read in each room, by type of receipt and thread. */
public final class Receipts {
  static final String READ = "m.read";
  static final String READ_PRIVATE = "m.read.private";

  /** In place of a thread's id: the receipt is for the room as a whole. */
  private static final String UNTHREADED = "";

  /**
   * A receipt.
   *
   * @param at position of the event that was read
   * @param position position of the receipt itself
   */
  private record Receipt(
      String userId, String type, String thread, String eventId, long at, long ts, long position) {}

  private record Pointer(String userId, String type, String thread) {}

  private static final TableSpec<Receipt> RECEIPTS =
      TableSpec.of("receipts", Receipt.class, "room_id", "user_id", "type", "thread");
  private static final TableSpec<Pointer> CHANGES =
      TableSpec.of("receipt_changes", Pointer.class, "room_id", "#position");

  private final Table<Receipt> receipts;
  private final Table<Pointer> changes;
  private final Memberships memberships;
  private final StreamPositions stream;
  private final News news;
  private final InstantSource clock;

  public Receipts(Foundation foundation, Memberships memberships) {
    this.receipts = Table.open(foundation.storage(), RECEIPTS);
    this.changes = Table.open(foundation.storage(), CHANGES);
    this.memberships = memberships;
    this.stream = foundation.stream();
    this.news = foundation.news();
    this.clock = foundation.time();
  }

  /** HS-RECEIPT-FORWARD: keeps the receipt unless the user has read further already. */
  void put(String userId, String type, Optional<String> threadId, Event event) {
    String room = event.roomId();
    String thread = threadId.orElse(UNTHREADED);
    Receipt before = receipts.get(room, userId, type, thread).orElse(null);
    if (before != null) {
      if (before.at() >= event.position()) {
        return;
      }
      changes.remove(room, before.position());
    }
    long position = stream.next();
    receipts.put(
        new Receipt(
            userId, type, thread, event.eventId(), event.position(), clock.millis(), position),
        room,
        userId,
        type,
        thread);
    changes.put(new Pointer(userId, type, thread), room, position);
    if (type.equals(READ_PRIVATE)) {
      news.forUser(userId);
    } else {
      memberships.members(room, Memberships.JOIN).forEach(news::forUser);
    }
  }

  /** The {@code m.receipt} event with what the viewer may see and has not seen. */
  public Optional<ObjectNode> since(String roomId, String viewer, long position) {
    ObjectNode content = Json.object();
    List<Receipt> found =
        changes.scan(Range.of(roomId).after(position)).stream()
            .map(Table.Row::value)
            .map(p -> receipts.get(roomId, p.userId(), p.type(), p.thread()).orElseThrow())
            .filter(r -> !r.type().equals(READ_PRIVATE) || r.userId().equals(viewer))
            .toList();
    for (Receipt receipt : found) {
      ObjectNode user =
          content
              .withObjectProperty(receipt.eventId())
              .withObjectProperty(receipt.type())
              .putObject(receipt.userId())
              .put("ts", receipt.ts());
      if (!receipt.thread().equals(UNTHREADED)) {
        user.put("thread_id", receipt.thread());
      }
    }
    return content.isEmpty()
        ? Optional.empty()
        : Optional.of(Json.object().put("type", "m.receipt").set("content", content));
  }
}
