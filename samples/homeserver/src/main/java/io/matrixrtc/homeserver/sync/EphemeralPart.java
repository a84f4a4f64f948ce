package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.ephemeral.Receipts;
import io.matrixrtc.homeserver.ephemeral.Typing;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.stream.StreamKind;

/** Who types and who has read how far, as it changed; the present of it in a room that is new. */
final class EphemeralPart implements JoinedRoomPart {
  private final Typing typing;
  private final Receipts receipts;

  EphemeralPart(Typing typing, Receipts receipts) {
    this.typing = typing;
    this.receipts = receipts;
  }

  @Override
  public boolean addTo(SyncContext sync, JoinedRoom room, ObjectNode answer) {
    long since = room.whole() ? 0 : sync.since(StreamKind.EPHEMERAL);
    ArrayNode events = Json.array();
    typing.since(room.roomId(), since).ifPresent(events::add);
    receipts.since(room.roomId(), sync.userId(), since).ifPresent(events::add);
    answer.putObject("ephemeral").set("events", events);
    return !events.isEmpty();
  }
}
