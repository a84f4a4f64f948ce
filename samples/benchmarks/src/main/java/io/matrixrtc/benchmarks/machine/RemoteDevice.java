package io.matrixrtc.benchmarks.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.IdentityKeys;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.PreKeyMessage;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.SessionConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * A cross-signed device of somebody else, written out without a machine, so that it can do what a
 * machine would not: choose among its sessions.
 */
final class RemoteDevice {
  private static final List<String> ALGORITHMS =
      List.of("m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2");

  private final UserDevice address;
  private final Account account;
  private final ObjectNode deviceKeys;
  private final ObjectNode masterKey;
  private final ObjectNode selfSigningKey;
  private final Curve25519PublicKey fallbackKey;
  private final List<Session> sessions = new ArrayList<>();

  RemoteDevice(UserDevice address, RandomSource random) {
    this.address = address;
    this.account = Account.generate(random);
    account.generateFallbackKey();
    this.fallbackKey = account.unpublishedFallbackKey().values().iterator().next();
    String userId = address.userId();
    Ed25519KeyPair master = Ed25519KeyPair.generate(random);
    Ed25519KeyPair selfSigning = Ed25519KeyPair.generate(random);
    this.masterKey = crossSigningKey("master", master);
    this.selfSigningKey = signed(crossSigningKey("self_signing", selfSigning), master);
    ObjectNode keys = Json.newObject().put("user_id", userId);
    keys.put("device_id", address.deviceId());
    ALGORITHMS.forEach(keys.withArray("algorithms")::add);
    keys.putObject("keys")
        .put("curve25519:" + address.deviceId(), identity().curve25519().toBase64())
        .put("ed25519:" + address.deviceId(), identity().ed25519().toBase64());
    this.deviceKeys = signed(signed(keys), selfSigning);
  }

  private ObjectNode crossSigningKey(String usage, Ed25519KeyPair key) {
    ObjectNode object = Json.newObject().put("user_id", address.userId());
    object.putArray("usage").add(usage);
    String text = key.publicKey().toBase64();
    object.putObject("keys").put("ed25519:" + text, text);
    return object;
  }

  private ObjectNode signed(ObjectNode object, Ed25519KeyPair key) {
    return signed(object, key.publicKey().toBase64(), message -> key.sign(message).toBytes());
  }

  private ObjectNode signed(ObjectNode object) {
    return signed(object, address.deviceId(), message -> account.sign(message).toBytes());
  }

  private ObjectNode signed(ObjectNode object, String key, SignedJson.Signer signer) {
    try {
      return SignedJson.sign(object, address.userId(), "ed25519:" + key, signer);
    } catch (CanonicalJsonException e) {
      throw new IllegalStateException(e);
    }
  }

  UserDevice address() {
    return address;
  }

  IdentityKeys identity() {
    return account.identityKeys();
  }

  /** Writes what a {@code /keys/query} answer says of the device and its user. */
  void addTo(ObjectNode queryAnswer) {
    String userId = address.userId();
    queryAnswer
        .withObjectProperty("device_keys")
        .withObjectProperty(userId)
        .set(address.deviceId(), deviceKeys);
    queryAnswer.withObjectProperty("master_keys").set(userId, masterKey);
    queryAnswer.withObjectProperty("self_signing_keys").set(userId, selfSigningKey);
  }

  /** Returns its key of a {@code /keys/claim} answer. */
  ObjectNode claimedKey() {
    ObjectNode key = Json.newObject().put("key", fallbackKey.toBase64()).put("fallback", true);
    return Json.newObject().set("signed_curve25519:AAAAAAAAAAA", signed(key));
  }

  void forgetSessions() {
    sessions.forEach(Session::close);
    sessions.clear();
  }

  /** Starts one more session; the first is number 0. */
  void startSession(IdentityKeys to, Curve25519PublicKey oneTimeKey) {
    try {
      sessions.add(account.createOutboundSession(SessionConfig.V1, to.curve25519(), oneTimeKey));
    } catch (OlmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns an {@code m.room.encrypted} event over a session. */
  ObjectNode encrypt(
      int session, String type, ObjectNode content, UserDevice to, IdentityKeys toKeys) {
    ObjectNode payload = Json.newObject().put("type", type).put("sender", address.userId());
    payload.set("content", content);
    payload.put("recipient", to.userId());
    payload.putObject("keys").put("ed25519", identity().ed25519().toBase64());
    payload.putObject("recipient_keys").put("ed25519", toKeys.ed25519().toBase64());
    payload.set("sender_device_keys", deviceKeys);
    OlmMessage message;
    try {
      message = sessions.get(session).encrypt(Json.mapper().writeValueAsBytes(payload));
    } catch (OlmException | JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    ObjectNode event =
        Json.newObject().put("type", "m.room.encrypted").put("sender", address.userId());
    ObjectNode envelope = event.putObject("content").put("algorithm", ALGORITHMS.get(0));
    envelope.put("sender_key", identity().curve25519().toBase64());
    envelope
        .putObject("ciphertext")
        .putObject(toKeys.curve25519().toBase64())
        .put("type", message.type())
        .put("body", Base64Text.encode(message.encode()));
    return event;
  }

  /** Decrypts the content of an event, over whichever session it is for, or a new one. */
  void receive(JsonNode envelope, IdentityKeys from) throws Exception {
    JsonNode body = envelope.path("ciphertext").path(identity().curve25519().toBase64());
    OlmMessage message =
        OlmMessage.decode(
            body.path("type").intValue(), Base64Text.decode(body.path("body").textValue()));
    for (Session session : sessions) {
      if (!(message instanceof PreKeyMessage preKey)
          || preKey.sessionId().equals(session.sessionId())) {
        try {
          session.decrypt(message);
          return;
        } catch (OlmException e) {
          continue; // another session's
        }
      }
    }
    if (!(message instanceof PreKeyMessage preKey)) {
      throw new IllegalStateException("no session of " + address + " opens the message");
    }
    sessions.add(account.createInboundSession(from.curve25519(), preKey).session());
  }
}
