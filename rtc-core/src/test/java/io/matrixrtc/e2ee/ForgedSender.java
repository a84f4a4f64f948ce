package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.SessionConfig;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A sender that speaks Olm and may write any payload and any envelope. */
final class ForgedSender {
  final UserDevice device;
  final Account account;
  final OwnDevice keys;
  private final OlmMachine target;
  private final RandomSource random;
  private @Nullable Session session;

  ForgedSender(UserDevice device, RandomSource random, OlmMachine target) {
    this.device = device;
    this.account = Account.generate(random);
    this.keys = new OwnDevice(device, account);
    this.target = target;
    this.random = random;
  }

  /** Starts a session with a one-time key of the target. */
  void startSession(Curve25519PublicKey oneTimeKey) throws Exception {
    session =
        account.createOutboundSession(
            SessionConfig.V1, target.identityKeys().curve25519(), oneTimeKey);
  }

  /** Goes on in a session that was made elsewhere. */
  void goOnIn(Session other) {
    session = other;
  }

  /** A payload in which everything is right. */
  ObjectNode payload(String type) {
    ObjectNode payload = Json.newObject().put("type", type);
    payload.set("content", content(type));
    payload.put("sender", device.userId()).put("recipient", target.device().userId());
    payload.putObject("keys").put("ed25519", account.identityKeys().ed25519().toBase64());
    payload.putObject("recipient_keys").put("ed25519", target.identityKeys().ed25519().toBase64());
    payload.set("sender_device_keys", keys.deviceKeys());
    return payload;
  }

  private ObjectNode content(String type) {
    return type.equals("m.room_key")
        ? new TestRoomSession("!room:example.org", random).roomKey()
        : Json.newObject().put("text", "hello");
  }

  OlmMessage encrypt(byte[] plaintext) throws Exception {
    if (session == null) {
      throw new IllegalStateException("no session");
    }
    return session.encrypt(plaintext);
  }

  /** The event that carries {@code payload}. */
  ObjectNode event(ObjectNode payload) throws Exception {
    return event(Json.mapper().writeValueAsBytes(payload));
  }

  ObjectNode event(byte[] plaintext) throws Exception {
    return eventOf(encrypt(plaintext));
  }

  /** The event of a message that was made elsewhere. */
  ObjectNode eventOf(OlmMessage message) {
    ObjectNode event =
        Json.newObject().put("type", "m.room.encrypted").put("sender", device.userId());
    event.set(
        "content",
        OlmEnvelope.write(
            account.identityKeys().curve25519(),
            target.identityKeys().curve25519(),
            message,
            "id"));
    return event;
  }

  /** The event of a payload that is right but for {@code change}. */
  ObjectNode event(String type, Consumer<ObjectNode> change) throws Exception {
    ObjectNode payload = payload(type);
    change.accept(payload);
    return event(payload);
  }

  ObjectNode event(String type) throws Exception {
    return event(type, payload -> {});
  }
}
