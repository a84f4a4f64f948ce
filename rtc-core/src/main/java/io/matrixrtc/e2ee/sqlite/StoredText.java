package io.matrixrtc.e2ee.sqlite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKey;
import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.e2ee.CrossSigningKeyException;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.DeviceKeysException;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.RoomKeySource;
import io.matrixrtc.e2ee.Sealed;
import io.matrixrtc.e2ee.SenderData;
import io.matrixrtc.e2ee.SignedDeviceKeys;
import io.matrixrtc.e2ee.StoredAccount;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.UserIdentity;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.time.Instant;
import java.util.Optional;

/**
 * Values as text, for the seal: JSON documents, one a line, so that an object from outside is no
 * deeper here than it was there. What cannot be read again throws {@link Damaged}.
 */
final class StoredText {
  /** Halves of surrogate pairs, which some JSON has, survive as escapes only. */
  private static final ObjectWriter WRITER =
      Json.mapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private StoredText() {}

  /** The text was authentic, and yet is none that was written. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1L;

    Damaged(Throwable cause) {
      super(cause);
    }
  }

  /** Reads a text. */
  @FunctionalInterface
  interface Reader<T> {
    T read(String[] lines)
        throws MalformedJsonException,
            KeyFormatException,
            DeviceKeysException,
            CrossSigningKeyException;
  }

  static <T> T read(String text, Reader<T> reader) throws Damaged {
    try {
      return reader.read(text.split("\n", -1));
    } catch (MalformedJsonException
        | KeyFormatException
        | DeviceKeysException
        | CrossSigningKeyException
        | RuntimeException e) {
      throw new Damaged(e);
    }
  }

  static String of(Device device) {
    ObjectNode facts = Json.newObject().put("trust", device.localTrust().name());
    return write(facts) + '\n' + write(device.keys().toJson());
  }

  static Device device(String[] lines) throws MalformedJsonException, DeviceKeysException {
    LocalTrust trust = LocalTrust.valueOf(Json.parseObject(lines[0]).path("trust").asText());
    return new Device(SignedDeviceKeys.fromStore(Json.parseObject(lines[1])), trust);
  }

  static String of(UserIdentity identity) {
    ObjectNode facts =
        Json.newObject()
            .put("user", identity.userId())
            .put("pinned", identity.pinned().toBase64())
            .put("verified_before", identity.verifiedBefore());
    identity.compared().ifPresent(key -> facts.put("compared", key.toBase64()));
    StringBuilder text = new StringBuilder(write(facts));
    text.append('\n').append(write(identity.master().toJson()));
    text.append('\n').append(write(identity.selfSigning().toJson()));
    identity.userSigning().ifPresent(key -> text.append('\n').append(write(key.toJson())));
    return text.toString();
  }

  static UserIdentity identity(String[] lines)
      throws MalformedJsonException, KeyFormatException, CrossSigningKeyException {
    ObjectNode facts = Json.parseObject(lines[0]);
    String user = facts.path("user").asText();
    Optional<CrossSigningKey> userSigning = Optional.empty();
    if (lines.length > 3) {
      userSigning =
          Optional.of(CrossSigningKey.parse(user, Usage.USER_SIGNING, Json.parseObject(lines[3])));
    }
    return new UserIdentity(
        CrossSigningKey.parse(user, Usage.MASTER, Json.parseObject(lines[1])),
        CrossSigningKey.parse(user, Usage.SELF_SIGNING, Json.parseObject(lines[2])),
        userSigning,
        Ed25519PublicKey.fromBase64(facts.path("pinned").asText()),
        ed25519(facts, "compared"),
        facts.path("verified_before").asBoolean());
  }

  /** Everything but the private keys, which are sealed themselves. */
  static String of(StoredAccount account) {
    ObjectNode facts =
        Json.newObject()
            .put("user", account.device().userId())
            .put("device", account.device().deviceId())
            .put("uploaded", account.deviceKeysUploaded());
    account.fallbackKeyCreatedAt().ifPresent(at -> facts.put("fallback_made", at.toString()));
    account
        .fallbackKeyPublishedAt()
        .ifPresent(at -> facts.put("fallback_published", at.toString()));
    return write(facts);
  }

  static StoredAccount account(String[] lines, Sealed keys) throws MalformedJsonException {
    ObjectNode facts = Json.parseObject(lines[0]);
    return new StoredAccount(
        new UserDevice(facts.path("user").asText(), facts.path("device").asText()),
        keys,
        facts.path("uploaded").asBoolean(),
        text(facts, "fallback_made").map(Instant::parse),
        text(facts, "fallback_published").map(Instant::parse));
  }

  static String of(RoomKeyInfo info) {
    ObjectNode facts =
        Json.newObject()
            .put("sender_key", info.senderKey().toBase64())
            .put("source", info.source().name())
            .put("state", info.sender().state().name())
            .put("shared", info.sharedHistory())
            .put("first", info.firstKnownIndex());
    info.claimedKey().ifPresent(key -> facts.put("claimed", key.toBase64()));
    info.sender().master().ifPresent(key -> facts.put("master", key.toBase64()));
    info.sender()
        .device()
        .ifPresent(d -> facts.put("user", d.userId()).put("device", d.deviceId()));
    return write(facts);
  }

  static RoomKeyInfo roomKey(RoomKeyId id, String[] lines)
      throws MalformedJsonException, KeyFormatException {
    ObjectNode facts = Json.parseObject(lines[0]);
    Optional<UserDevice> device =
        text(facts, "user").map(user -> new UserDevice(user, facts.path("device").asText()));
    return new RoomKeyInfo(
        id,
        Curve25519PublicKey.fromBase64(facts.path("sender_key").asText()),
        ed25519(facts, "claimed"),
        RoomKeySource.valueOf(facts.path("source").asText()),
        new SenderData(
            VerificationState.valueOf(facts.path("state").asText()),
            device,
            ed25519(facts, "master")),
        facts.path("shared").asBoolean(),
        facts.path("first").asLong());
  }

  private static Optional<String> text(ObjectNode facts, String name) {
    return Optional.ofNullable(facts.get(name)).map(JsonNode::asText);
  }

  private static Optional<Ed25519PublicKey> ed25519(ObjectNode facts, String name)
      throws KeyFormatException {
    Optional<String> text = text(facts, name);
    return text.isPresent()
        ? Optional.of(Ed25519PublicKey.fromBase64(text.get()))
        : Optional.empty();
  }

  private static String write(ObjectNode node) {
    try {
      return WRITER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
