package io.matrixrtc.backup.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.Vectors;
import io.matrixrtc.backup.dehydration.DehydratedDevice;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.ExportedSessionKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What crypto-wasm makes of bundles and dehydrated devices. */
class BundleVectorsTest {
  @TestFactory
  Stream<DynamicTest> bundles() {
    return Vectors.tests(
        "room-key-bundle.json",
        Map.of(
            "bundle", BundleVectorsTest::bundle,
            "bundle_file", BundleVectorsTest::file,
            "dehydrated_device", BundleVectorsTest::dehydratedDevice));
  }

  private static void bundle(JsonNode vector) throws Exception {
    assertThat(Vectors.isAccept(vector)).isTrue();
    String roomId = vector.get("room_id").textValue();
    JsonNode decrypted = vector.get("decrypted");
    String device = decrypted.at("/withheld/0/from_device").asText("OWNDEVICE");
    RoomKeyBundle ours = RoomKeyBundle.of(roomId, held(vector), List.of(), device);
    if (decrypted.isNull()) {
      assertThat(ours.isEmpty()).isTrue();
      return;
    }
    assertSame(Json.parse(ours.toBytes()), decrypted);
    byte[] ciphertext = Base64.getDecoder().decode(vector.get("encrypted_base64").textValue());
    byte[] plaintext = EncryptedFile.parse(vector.get("file")).decrypt(ciphertext);
    assertSame(Json.parse(plaintext), decrypted);
    RoomKeyBundle theirs = RoomKeyBundle.parse(roomId, plaintext);
    assertThat(theirs.ignored()).isZero();
    assertSame(Json.parse(theirs.toBytes()), decrypted);
    EncryptedFile.Encrypted again = EncryptedFile.encrypt(ours.toBytes(), TestRandom.of(3));
    EncryptedFile described = EncryptedFile.parse(again.at("mxc://a/b").toJson());
    assertThat(described.decrypt(again.ciphertext())).isEqualTo(ours.toBytes());
  }

  private static List<ExportedRoomKey> held(JsonNode vector) throws Exception {
    Map<String, JsonNode> claimed = new HashMap<>();
    for (JsonNode key : vector.path("decrypted").path("room_keys")) {
      claimed.put(key.get("session_id").textValue(), key.get("sender_claimed_keys"));
    }
    List<ExportedRoomKey> held = new ArrayList<>();
    for (JsonNode key : vector.get("held")) {
      String roomId = key.get("room_id").textValue();
      String sessionId = key.get("session_id").textValue();
      if (!key.has("session_key")) {
        held.add(TestKeys.roomKey(roomId, 1, 0, true));
        continue;
      }
      JsonNode ed25519 = claimed.getOrDefault(sessionId, Json.newObject()).path("ed25519");
      held.add(
          new ExportedRoomKey(
              new RoomKeyId(roomId, sessionId),
              Curve25519PublicKey.fromBase64(key.get("sender_key").textValue()),
              ed25519.isTextual()
                  ? Optional.of(Ed25519PublicKey.fromBase64(ed25519.textValue()))
                  : Optional.empty(),
              key.get("shared_history").booleanValue(),
              ExportedSessionKey.fromBase64(key.get("session_key").textValue())));
    }
    return held;
  }

  private static void assertSame(JsonNode bundle, JsonNode expected) {
    for (String list : new String[] {"room_keys", "withheld"}) {
      assertThat(asSet(bundle.get(list))).as(list).isEqualTo(asSet(expected.get(list)));
    }
  }

  private static Set<JsonNode> asSet(JsonNode list) {
    Set<JsonNode> set = new HashSet<>();
    list.forEach(set::add);
    assertThat(set).hasSize(list.size());
    return set;
  }

  private static void file(JsonNode vector) throws Exception {
    byte[] ciphertext = Base64.getDecoder().decode(vector.get("encrypted_base64").textValue());
    if (Vectors.isAccept(vector)) {
      assertThat(EncryptedFile.parse(vector.get("file")).decrypt(ciphertext)).isNotNull();
      return;
    }
    assertThatExceptionOfType(BundleException.class)
        .isThrownBy(() -> EncryptedFile.parse(vector.get("file")).decrypt(ciphertext))
        .satisfies(
            e ->
                assertThat(e.reason().name()).isEqualToIgnoringCase(vector.get("reason").asText()));
  }

  private static void dehydratedDevice(JsonNode vector) throws Exception {
    byte[] key = Base64Text.decode(vector.get("dehydration_key").textValue());
    String deviceId = vector.get("device_id").textValue();
    Optional<DehydratedDevice> device =
        DehydratedDevice.open(key, deviceId, vector.get("device_data"));
    assertThat(device.isPresent()).isEqualTo(Vectors.isAccept(vector));
    assertThat(DehydratedDevice.open(key, "A" + deviceId, vector.get("device_data"))).isEmpty();
    if (device.isEmpty()) {
      return;
    }
    DehydratedDevice opened = device.get();
    JsonNode published = vector.at("/device_keys/keys");
    assertThat(opened.identityKey().publicKey().toBase64())
        .isEqualTo(vector.at("/plaintext/curve25519_public").textValue())
        .isEqualTo(published.get("curve25519:" + deviceId).textValue());
    assertThat(opened.signingKey().publicKey().toBase64())
        .isEqualTo(published.get("ed25519:" + deviceId).textValue());
    assertThat(opened.oneTimeKeys()).hasSize(vector.get("one_time_key_count").intValue());
    assertThat(opened.fallbackKey().isPresent())
        .isEqualTo(vector.at("/plaintext/fallback_present").booleanValue());
    opened.close();
  }
}
