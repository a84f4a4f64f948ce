package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.MegolmException;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes room keys, and notices of withheld ones, from to-device events. */
final class RoomKeyEvents {
  static final String ROOM_KEY = "m.room_key";
  static final String WITHHELD = "m.room_key.withheld";

  /**
   * Names of the flag that history may be shared; any that is {@code true} counts (ROOM-SHARED).
   */
  private static final List<String> SHARED_HISTORY =
      List.of("shared_history", "m.shared_history", "org.matrix.msc3061.shared_history");

  private static final Logger LOG = LoggerFactory.getLogger(RoomKeyEvents.class);

  private final DeviceDirectory directory;
  private final RoomKeys roomKeys;
  private final RoomKeyOwners owners;
  private final OlmRestarts restarts;
  private final RoomKeyMail mail;
  private final UnitOfWork work;

  RoomKeyEvents(
      DeviceDirectory directory,
      RoomKeys roomKeys,
      RoomKeyOwners owners,
      OlmRestarts restarts,
      RoomKeyMail mail,
      UnitOfWork work) {
    this.directory = directory;
    this.roomKeys = roomKeys;
    this.owners = owners;
    this.restarts = restarts;
    this.mail = mail;
    this.work = work;
  }

  /** Takes an event that came in the clear, if it is about requests for room keys. */
  void inTheClear(ObjectNode event, ObjectNode content) {
    mail.inTheClear(event, content);
  }

  /** Takes an event that passed the checks of its payload, if it is about requests. */
  void overOlm(OlmPayload payload, EncryptionInfo info) {
    mail.overOlm(payload, info);
  }

  /** A device started another Olm session with us. */
  void onOlmRestart(SenderKey from) throws CryptoStoreException {
    restarts.onRestart(from);
  }

  /**
   * Keeps the key of an {@code m.room_key} that arrived over Olm (ROOM-OLM) and passed the checks
   * of its payload.
   *
   * @param sentKeys the sender's device keys, if it sent them along; they were checked
   * @return why the event is refused, if it is
   */
  Optional<UndecryptableReason> receive(
      OlmPayload payload, Curve25519PublicKey senderKey, @Nullable SignedDeviceKeys sentKeys)
      throws CryptoStoreException {
    JsonNode content = payload.content();
    if (!content.path("algorithm").isTextual()) {
      return Optional.of(UndecryptableReason.MALFORMED_PAYLOAD);
    }
    if (!content.path("algorithm").textValue().equals(OwnDevice.MEGOLM_ALGORITHM)) {
      LOG.info("ignored a room key of an unknown algorithm");
      return Optional.empty();
    }
    if (!isId(content.path("room_id")) || !isId(content.path("session_id"))) {
      return Optional.of(UndecryptableReason.MALFORMED_PAYLOAD);
    }
    InboundGroupSession session;
    try (SessionKey key = SessionKey.fromBase64(content.path("session_key").asText())) {
      session = InboundGroupSession.fromSessionKey(key, SessionConfig.V1);
    } catch (MegolmException.MalformedKey e) {
      return Optional.of(UndecryptableReason.MALFORMED_PAYLOAD);
    }
    // ROOM-ID: the session's name is its key's, whatever the event says
    RoomKeyInfo info =
        new RoomKeyInfo(
            new RoomKeyId(content.path("room_id").textValue(), session.sessionId()),
            senderKey,
            Optional.of(payload.senderKey()),
            RoomKeySource.DIRECT,
            SenderData.unknown(),
            isHistoryShared(content),
            session.firstKnownIndex());
    try {
      SenderData sender = senderOf(info, payload.sender(), sentKeys);
      roomKeys.merge(new RoomKey(info.withSender(sender), session));
      return Optional.empty();
    } catch (RoomKeyOwners.Mismatch e) {
      session.close();
      return Optional.of(UndecryptableReason.OTHER_SENDER_KEY);
    }
  }

  private SenderData senderOf(RoomKeyInfo key, String userId, @Nullable SignedDeviceKeys sentKeys)
      throws CryptoStoreException, RoomKeyOwners.Mismatch {
    Optional<Device> known = owners.find(key, userId);
    if (sentKeys != null) {
      Optional<Device> pinned = directory.pinned(new UserDevice(userId, sentKeys.deviceId()));
      if (pinned.isPresent() && !pinned.get().keys().ed25519().equals(sentKeys.ed25519())) {
        throw new RoomKeyOwners.Mismatch(); // TD-PIN
      }
    }
    if (known.isPresent()) {
      return owners.judge(known.get().keys());
    }
    return sentKeys == null ? SenderData.unknown() : owners.judge(sentKeys);
  }

  static boolean isHistoryShared(JsonNode content) {
    return SHARED_HISTORY.stream().anyMatch(name -> content.path(name).booleanValue());
  }

  /**
   * Notes that a key is withheld, in the clear or not: it is a hint only.
   *
   * @return whether the event is one at all
   */
  boolean receiveWithheld(String sender, ObjectNode content) {
    if (!content.path("algorithm").isTextual() || !content.path("code").isTextual()) {
      return false;
    }
    Optional<WithheldCode> code = WithheldCode.of(content.path("code").textValue());
    if (code.isEmpty()
        || !content.path("algorithm").textValue().equals(OwnDevice.MEGOLM_ALGORITHM)) {
      return true; // about no key of ours: m.no_olm, for example
    }
    if (!isId(content.path("room_id")) || !isId(content.path("session_id"))) {
      return false;
    }
    RoomKeyId id =
        new RoomKeyId(content.path("room_id").textValue(), content.path("session_id").textValue());
    work.changes()
        .withheld(
            new WithheldRoomKey(
                id, code.get(), ShownText.of(sender, ShownText.MAX_ID_CHARS))); // ROOM-WITHHELD
    return true;
  }

  private static boolean isId(JsonNode node) {
    return node.isTextual() && RoomKeyId.isValid(node.textValue());
  }
}
