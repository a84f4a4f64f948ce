package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.RoomKeyChanges.MessageIndex;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.olm.DecryptedGroupMessage;
import io.matrixrtc.olm.MegolmException;
import io.matrixrtc.olm.MegolmMessage;
import java.util.Arrays;
import java.util.Optional;

/**
 * Decrypts events of rooms with the room keys that are held, and judges who sent them. Never looks
 * at the sender key and device that an event names (ROOM-DEPRECATED).
 */
final class RoomEventDecryptor {
  static final String RELATES_TO = "m.relates_to";

  private final CryptoStore store;
  private final RoomKeys roomKeys;
  private final RoomSenders senders;
  private final DecryptedPlaces places;

  RoomEventDecryptor(CryptoStore store, RoomKeys roomKeys, RoomSenders senders, UnitOfWork work) {
    this.store = store;
    this.roomKeys = roomKeys;
    this.senders = senders;
    this.places = new DecryptedPlaces(store, work);
  }

  /** A check failed. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient RoomDecryptionFailure failure;

    Refused(RoomDecryptionFailure failure) {
      super(failure.toString(), null, false, false);
      this.failure = failure;
    }
  }

  RoomEventResult decrypt(String roomId, ObjectNode event, TrustPolicy policy)
      throws CryptoStoreException {
    try {
      return decrypted(roomId, event, policy);
    } catch (Refused e) {
      return new RoomEventResult.UnableToDecrypt(event, e.failure);
    }
  }

  private RoomEventResult decrypted(String roomId, ObjectNode event, TrustPolicy policy)
      throws CryptoStoreException, Refused {
    JsonNode content = event.path("content");
    if (!event.path("type").asText().equals(OlmEnvelope.EVENT_TYPE)
        || !event.path("sender").isTextual()
        || !event.path("event_id").isTextual()
        || !content.path("algorithm").isTextual()) {
      throw new Refused(new RoomDecryptionFailure.Malformed());
    }
    if (!content.path("algorithm").textValue().equals(OwnDevice.MEGOLM_ALGORITHM)) {
      throw new Refused(new RoomDecryptionFailure.UnsupportedAlgorithm());
    }
    MegolmMessage message = message(content);
    String sessionId = content.path("session_id").asText();
    if (!RoomKeyId.isValid(roomId) || !RoomKeyId.isValid(sessionId)) {
      throw new Refused(new RoomDecryptionFailure.Malformed());
    }
    RoomKeyId id = new RoomKeyId(roomId, sessionId);
    RoomKey key = roomKeys.find(id).orElse(null);
    if (key == null) {
      throw new Refused(new RoomDecryptionFailure.MissingRoomKey(id, withheld(id)));
    }
    DecryptedGroupMessage plaintext = open(key, message);
    ObjectNode payload = payload(plaintext, roomId);
    MessageIndex place = new MessageIndex(id, plaintext.index());
    checkReplay(place, event.path("event_id").textValue());
    EncryptionInfo info = senders.judge(key, event.path("sender").textValue(), policy);
    places.add(place, event.path("event_id").textValue());
    return new RoomEventResult.Decrypted(clear(event, payload), info, id, plaintext.index());
  }

  private static MegolmMessage message(JsonNode content) throws Refused {
    try {
      return MegolmMessage.decode(Base64Text.decode(content.path("ciphertext").asText()));
    } catch (MalformedBase64Exception | MegolmException.Malformed e) {
      throw new Refused(new RoomDecryptionFailure.Malformed());
    }
  }

  private Optional<WithheldCode> withheld(RoomKeyId id) throws CryptoStoreException {
    return store.withheld(id).map(WithheldRoomKey::code);
  }

  private DecryptedGroupMessage open(RoomKey key, MegolmMessage message)
      throws CryptoStoreException, Refused {
    try {
      return key.session().decrypt(message);
    } catch (MegolmException.UnknownIndex e) {
      RoomKeyId id = key.info().id();
      Optional<WithheldCode> withheld = withheld(id);
      throw new Refused(
          withheld.isPresent()
              ? new RoomDecryptionFailure.MissingRoomKey(id, withheld) // ROOM-WITHHELD
              : new RoomDecryptionFailure.UnknownIndex(id, e.firstKnown(), e.wanted()));
    } catch (MegolmException e) {
      throw new Refused(new RoomDecryptionFailure.NotAuthentic());
    }
  }

  /** The event inside, which must have been written for this room (ROOM-ROOM). */
  private static ObjectNode payload(DecryptedGroupMessage plaintext, String roomId) throws Refused {
    byte[] bytes = plaintext.plaintext();
    ObjectNode payload;
    try {
      payload = Json.parseObject(bytes);
    } catch (MalformedJsonException e) {
      throw new Refused(new RoomDecryptionFailure.MalformedPayload());
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
    if (!payload.path("type").isTextual()
        || !payload.path("content").isObject()
        || !payload.path("room_id").isTextual()) {
      throw new Refused(new RoomDecryptionFailure.MalformedPayload());
    }
    if (!payload.path("room_id").textValue().equals(roomId)) {
      throw new Refused(new RoomDecryptionFailure.OtherRoom());
    }
    return payload;
  }

  /** Two events at one place of a session: the second is a copy (ROOM-REPLAY). */
  private void checkReplay(MessageIndex place, String eventId)
      throws CryptoStoreException, Refused {
    Optional<String> before = places.find(place);
    if (before.isPresent() && !before.get().equals(eventId)) {
      throw new Refused(new RoomDecryptionFailure.Replayed(before.get()));
    }
  }

  /** Lets go of what was not used lately. Only when everything is written. */
  void trim() {
    places.trim();
  }

  /**
   * The event as if it had been sent in the clear. Of the outer event only what cannot change its
   * meaning is taken: no {@code state_key}, for example (ROOM-CLEAR).
   */
  private static ObjectNode clear(ObjectNode event, ObjectNode payload) {
    ObjectNode clear = Json.newObject();
    clear.set("type", payload.get("type"));
    ObjectNode content = (ObjectNode) payload.get("content");
    JsonNode relation = event.path("content").path(RELATES_TO);
    if (!content.has(RELATES_TO) && !relation.isMissingNode()) {
      content.set(RELATES_TO, relation.deepCopy()); // ROOM-RELATION
    }
    clear.set("content", content);
    clear.set("room_id", payload.get("room_id"));
    for (String outer : new String[] {"sender", "event_id", "origin_server_ts", "unsigned"}) {
      if (event.has(outer)) {
        clear.set(outer, event.get(outer).deepCopy());
      }
    }
    return clear;
  }
}
