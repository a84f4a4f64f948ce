package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Requests for room keys and answers to ours that a sync brought, until the whole sync is read: the
 * keys of the device that sent one may be asked for in the same sync.
 */
final class RoomKeyMail {
  static final String REQUEST = "m.room_key_request";
  static final String FORWARD = "m.forwarded_room_key";

  private final List<Item> items = new ArrayList<>();

  /** An event; {@code info} is empty if it came in the clear. */
  record Item(String type, String sender, ObjectNode content, Optional<EncryptionInfo> info) {
    /** Shows no content. */
    @Override
    public String toString() {
      return "Item[" + type + "]";
    }
  }

  /** Of what is in the clear only requests count. */
  void inTheClear(ObjectNode event, ObjectNode content) {
    if (event.path("type").asText().equals(REQUEST)) {
      items.add(new Item(REQUEST, event.path("sender").asText(), content, Optional.empty()));
    }
  }

  /** Takes an event that passed the checks of its payload, before its key is blanked. */
  void overOlm(OlmPayload payload, EncryptionInfo info) {
    if (payload.type().equals(REQUEST) || payload.type().equals(FORWARD)) {
      items.add(
          new Item(
              payload.type(), payload.sender(), payload.content().deepCopy(), Optional.of(info)));
    }
  }

  List<Item> take() {
    List<Item> taken = List.copyOf(items);
    items.clear();
    return taken;
  }
}
