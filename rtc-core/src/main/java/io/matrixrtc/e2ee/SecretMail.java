package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Events about secrets that a sync brought, until the whole sync is read: the keys of the device
 * that sent one may be asked for in the same sync.
 */
final class SecretMail {
  static final String REQUEST = "m.secret.request";
  static final String SEND = "m.secret.send";

  /** A secret that nobody asked for (MSC4385); {@link #PUSH} is the name that it is to have. */
  static final String UNSTABLE_PUSH = "io.element.msc4385.secret.push";

  static final String PUSH = "m.secret.push";

  private final List<Item> items = new ArrayList<>();

  /** Whether it is a secret that nobody asked for. */
  static boolean isPush(String type) {
    return type.equals(PUSH) || type.equals(UNSTABLE_PUSH);
  }

  /** An event; {@code info} is empty if it came in the clear. */
  record Item(String type, String sender, ObjectNode content, Optional<EncryptionInfo> info) {
    /** Shows no content. */
    @Override
    public String toString() {
      return "Item[" + type + "]";
    }
  }

  /** Of what is in the clear only requests count: they tell nothing and are told nothing. */
  void inTheClear(ObjectNode event, ObjectNode content) {
    if (event.path("type").asText().equals(REQUEST)) {
      items.add(new Item(REQUEST, event.path("sender").asText(), content, Optional.empty()));
    }
  }

  /** Takes an event that passed the checks of its payload, before its secret is blanked. */
  void overOlm(OlmPayload payload, EncryptionInfo info) {
    String type = payload.type();
    if (type.equals(REQUEST) || type.equals(SEND) || isPush(type)) {
      items.add(new Item(type, payload.sender(), payload.content().deepCopy(), Optional.of(info)));
    }
  }

  List<Item> take() {
    List<Item> taken = List.copyOf(items);
    items.clear();
    return taken;
  }
}
