package io.matrixrtc.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.IdentityKeys;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who has the access token of a peer's device, but not its keys: publishes other identity
 * keys in its name, and writes to a device of ours under them.
 */
final class Impostor implements AutoCloseable {
  private static final String CLIENT = "/_matrix/client/v3";
  private static final String MEGOLM = "m.megolm.v1.aes-sha2";
  private static final String OLM = "m.olm.v1.curve25519-aes-sha2";

  private final Peer peer;
  private final DeviceAddress name;
  private final DeviceAddress target;
  private final IdentityKeys targetKeys;
  private final Account account = Account.generate(RandomSource.secure());
  private final ObjectNode deviceKeys;
  private @Nullable Session session;
  private int transactions;

  Impostor(Peer peer, OurDevice target) throws CanonicalJsonException {
    this.peer = peer;
    this.name = peer.address();
    this.target = target.address();
    this.targetKeys = World.get(target.client().withMachine(machine -> machine.identityKeys()));
    ObjectNode keys =
        Json.newObject().put("user_id", name.userId()).put("device_id", name.deviceId());
    keys.putArray("algorithms").add(OLM).add(MEGOLM);
    keys.putObject("keys")
        .put("curve25519:" + name.deviceId(), key())
        .put("ed25519:" + name.deviceId(), account.identityKeys().ed25519().toBase64());
    this.deviceKeys =
        SignedJson.sign(
            keys,
            name.userId(),
            "ed25519:" + name.deviceId(),
            message -> account.sign(message).toBytes());
  }

  /** Its Curve25519 key. */
  String key() {
    return account.identityKeys().curve25519().toBase64();
  }

  /** Has the homeserver show its keys for the device. */
  void publishKeys() throws InterruptedException {
    ObjectNode body = Json.newObject();
    body.set("device_keys", deviceKeys);
    peer.http("POST", CLIENT + "/keys/upload", body);
  }

  /** The Curve25519 key that the homeserver shows for the device. */
  String listedKey() throws InterruptedException {
    ObjectNode body = Json.newObject();
    body.putObject("device_keys").putArray(name.userId());
    return peer.http("POST", CLIENT + "/keys/query", body)
        .path("device_keys")
        .path(name.userId())
        .path(name.deviceId())
        .path("keys")
        .path("curve25519:" + name.deviceId())
        .asText();
  }

  /** Sends a to-device event over Olm, with its device keys inside or not. */
  void send(String type, ObjectNode content, boolean withDeviceKeys) throws Exception {
    ObjectNode payload = Json.newObject().put("type", type).put("sender", name.userId());
    payload.set("content", content);
    payload.put("recipient", target.userId());
    payload.putObject("keys").put("ed25519", account.identityKeys().ed25519().toBase64());
    payload.putObject("recipient_keys").put("ed25519", targetKeys.ed25519().toBase64());
    if (withDeviceKeys) {
      payload.set("sender_device_keys", deviceKeys);
    }
    OlmMessage message = session().encrypt(Json.mapper().writeValueAsBytes(payload));
    ObjectNode envelope = Json.newObject().put("algorithm", OLM).put("sender_key", key());
    envelope
        .putObject("ciphertext")
        .putObject(targetKeys.curve25519().toBase64())
        .put("type", message.type())
        .put("body", Base64Text.encode(message.encode()));
    ObjectNode body = Json.newObject();
    body.putObject("messages").putObject(target.userId()).set(target.deviceId(), envelope);
    peer.http("PUT", CLIENT + "/sendToDevice/m.room.encrypted/" + transaction(), body);
  }

  private String transaction() {
    return "impostor-" + name.deviceId() + "-" + ++transactions;
  }

  private Session session() throws Exception {
    if (session == null) {
      ObjectNode body = Json.newObject();
      body.putObject("one_time_keys")
          .putObject(target.userId())
          .put(target.deviceId(), "signed_curve25519");
      String oneTimeKey =
          peer.http("POST", CLIENT + "/keys/claim", body)
              .path("one_time_keys")
              .path(target.userId())
              .path(target.deviceId())
              .elements()
              .next()
              .path("key")
              .asText();
      session =
          account.createOutboundSession(
              SessionConfig.V1,
              targetKeys.curve25519(),
              Curve25519PublicKey.fromBase64(oneTimeKey));
    }
    return session;
  }

  /** Sends a room key of its own over Olm, then a message under it; returns the message's id. */
  String post(String roomId, String text) throws Exception {
    try (GroupSession room = GroupSession.generate(SessionConfig.V1, RandomSource.secure());
        SessionKey key = room.sessionKey()) {
      ObjectNode roomKey = Json.newObject().put("algorithm", MEGOLM).put("room_id", roomId);
      roomKey.put("session_id", key.sessionId()).put("session_key", key.toBase64());
      send("m.room_key", roomKey, true);
      ObjectNode content = Json.newObject().put("algorithm", MEGOLM);
      content.put("session_id", key.sessionId()).put("sender_key", key());
      content.put("ciphertext", Base64Text.encode(room.encrypt(message(roomId, text)).encode()));
      String path =
          CLIENT + "/rooms/" + URLEncoder.encode(roomId, StandardCharsets.UTF_8) + "/send/";
      return peer.http("PUT", path + "m.room.encrypted/" + transaction(), content)
          .path("event_id")
          .asText();
    }
  }

  private static byte[] message(String roomId, String text) throws JsonProcessingException {
    ObjectNode event = Json.newObject().put("type", "m.room.message").put("room_id", roomId);
    event.putObject("content").put("msgtype", "m.text").put("body", text);
    return Json.mapper().writeValueAsBytes(event);
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
    account.close();
  }
}
