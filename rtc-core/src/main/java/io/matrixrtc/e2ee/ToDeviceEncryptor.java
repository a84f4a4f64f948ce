package io.matrixrtc.e2ee;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.OlmMessage;
import java.util.Arrays;
import java.util.Optional;

/**
 * Encrypts a to-device event for one device, over the best of its sessions. Does not judge whether
 * the device may have it.
 */
final class ToDeviceEncryptor {
  private final OwnDevice own;
  private final OlmSessions sessions;
  private final StrangerSessions strangers;
  private final RequestIds ids;
  private final SealedEventListener listener;

  ToDeviceEncryptor(
      OwnDevice own,
      OlmSessions sessions,
      StrangerSessions strangers,
      RequestIds ids,
      SealedEventListener listener) {
    this.own = own;
    this.sessions = sessions;
    this.strangers = strangers;
    this.ids = ids;
    this.listener = listener;
  }

  /**
   * Encrypts for a device with which there is a session. The session's new state must be written
   * before the result leaves (SESS-STORE).
   */
  EncryptionOutcome encrypt(String eventType, ObjectNode content, Device to)
      throws CryptoStoreException {
    Curve25519PublicKey identity = to.keys().curve25519().orElse(null);
    if (identity == null) {
      return new EncryptionOutcome.NoOlmSupport();
    }
    Optional<OlmSession> session = sessions.best(identity);
    if (session.isEmpty()) {
      return new EncryptionOutcome.NoOneTimeKeys();
    }
    strangers.onKnown(identity);
    byte[] plaintext = plaintext(eventType, content, to);
    try {
      OlmMessage message = session.get().encrypt(plaintext);
      sessions.changed(session.get());
      ObjectNode sealed =
          OlmEnvelope.write(own.identityKeys().curve25519(), identity, message, ids.next());
      listener.onSealed(eventType, content, sealed);
      return new EncryptionOutcome.Encrypted(sealed);
    } catch (OlmException.NonContributory e) {
      return new EncryptionOutcome.SessionUnusable();
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /**
   * The payload names both ends, so that nobody can pass it on or off as another's (TD-PAYLOAD).
   */
  private byte[] plaintext(String eventType, ObjectNode content, Device to) {
    ObjectNode payload = Json.newObject();
    payload.put("type", eventType);
    payload.set("content", content);
    payload.put("sender", own.address().userId());
    payload.put("recipient", to.keys().userId());
    payload.putObject("keys").put("ed25519", own.identityKeys().ed25519().toBase64());
    payload.putObject("recipient_keys").put("ed25519", to.keys().ed25519().toBase64());
    payload.set(OlmPayload.SENDER_DEVICE_KEYS, own.sentKeys());
    try {
      return Json.mapper().writeValueAsBytes(payload);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("event content cannot be written as JSON", e);
    }
  }
}
