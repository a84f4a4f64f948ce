package io.matrixrtc.backup.sharing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.sharing.BundleException.Reason;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.json.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoomKeyBundleTest {
  private static final String ROOM = "!room:example.org";

  private static RoomKeyBundle bundle() {
    return RoomKeyBundle.of(
        ROOM,
        List.of(
            TestKeys.roomKey(ROOM, 1, 0, true),
            TestKeys.roomKey(ROOM, 2, 0, false),
            TestKeys.roomKey("!other:example.org", 3, 0, true)),
        List.of(),
        "OWN");
  }

  private static ObjectNode json() throws Exception {
    return Json.parseObject(bundle().toBytes());
  }

  private static RoomKeyBundle parse(ObjectNode json) throws BundleException {
    return RoomKeyBundle.parse(ROOM, json.toString().getBytes(UTF_8));
  }

  @Test
  void bundleSortByFlagAndRoom_C84() {
    RoomKeyBundle bundle = bundle();
    assertThat(bundle.keys()).hasSize(1);
    assertThat(bundle.withheld()).hasSize(1);
    assertThat(bundle.withheld().get(0).fromDevice()).contains("OWN");
    assertThat(RoomKeyBundle.of(ROOM, List.of(), List.of(), "OWN").isEmpty()).isTrue();
  }

  @Test
  void bundleSortPassesOnWhatWeWereRefused_C82() throws Exception {
    WithheldHistory refused =
        new WithheldHistory(new RoomKeyId(ROOM, "unknown"), "sender", Optional.of("FIRST"));
    WithheldHistory sinceReceived =
        new WithheldHistory(
            TestKeys.roomKey(ROOM, 1, 0, true).id(), "sender", Optional.of("FIRST"));
    WithheldHistory elsewhere =
        new WithheldHistory(new RoomKeyId("!other:example.org", "x"), "sender", Optional.empty());
    RoomKeyBundle bundle =
        RoomKeyBundle.of(
            ROOM,
            List.of(TestKeys.roomKey(ROOM, 1, 0, true)),
            List.of(refused, sinceReceived, elsewhere),
            "OWN");
    assertThat(bundle.withheld()).containsExactly(refused);
    assertThat(RoomKeyBundle.parse(ROOM, bundle.toBytes()).withheld()).containsExactly(refused);
  }

  @Test
  void bundleRoomOfAnotherIsIgnored_C84() throws Exception {
    ObjectNode json = json();
    ((ObjectNode) json.at("/room_keys/0")).put("room_id", "!other:example.org");
    ((ObjectNode) json.at("/withheld/0")).put("room_id", "!other:example.org");
    RoomKeyBundle read = parse(json);
    assertThat(read.isEmpty()).isTrue();
    assertThat(read.ignored()).isEqualTo(2);
    assertThat(parse(json()).ignored()).isZero();
  }

  @Test
  void bundleBothMeansTheKeyCounts() throws Exception {
    ObjectNode json = json();
    String session = json.at("/room_keys/0/session_id").textValue();
    ((ObjectNode) json.at("/withheld/0")).put("session_id", session);
    RoomKeyBundle read = parse(json);
    assertThat(read.keys()).hasSize(1);
    assertThat(read.withheld()).isEmpty();
    assertThat(read.ignored()).isEqualTo(1);
  }

  @Test
  void bundleCodeIsReadUnderBothNames() throws Exception {
    ObjectNode json = json();
    ((ObjectNode) json.at("/withheld/0")).put("code", "io.element.msc4268.history_not_shared");
    assertThat(parse(json).withheld()).hasSize(1);
    ((ObjectNode) json.at("/withheld/0")).put("code", "m.blacklisted");
    assertThat(parse(json).withheld()).isEmpty();
  }

  @Test
  void damagedEntriesCostThemselvesAlone() throws Exception {
    ObjectNode json = json();
    ((ArrayNode) json.get("room_keys")).add(7).addObject().put("room_id", ROOM);
    ((ArrayNode) json.get("withheld")).add("x");
    RoomKeyBundle read = parse(json);
    assertThat(read.keys()).hasSize(1);
    assertThat(read.ignored()).isEqualTo(3);
  }

  @Test
  void bundleSizeIsBounded() {
    assertReason(
        Reason.TOO_LONG, () -> RoomKeyBundle.parse(ROOM, new byte[RoomKeyBundle.MAX_BYTES + 1]));
    assertReason(Reason.JSON, () -> RoomKeyBundle.parse(ROOM, new byte[RoomKeyBundle.MAX_BYTES]));
    assertReason(Reason.JSON, () -> RoomKeyBundle.parse(ROOM, "[]".getBytes(UTF_8)));
    assertReason(
        Reason.JSON, () -> RoomKeyBundle.parse(ROOM, "{\"room_keys\":{}}".getBytes(UTF_8)));
  }

  @Test
  void bundleSealAndHash() throws Exception {
    EncryptedFile.Encrypted sealed = EncryptedFile.encrypt(new byte[] {1, 2, 3}, TestRandom.of(1));
    EncryptedFile file = sealed.at("mxc://example.org/abc");
    byte[] iv = Base64Text.decode(file.toJson().get("iv").textValue());
    assertThat(iv).hasSize(16).endsWith(new byte[8]);
    assertThat(file.decrypt(sealed.ciphertext())).containsExactly(1, 2, 3);
    byte[] bent = sealed.ciphertext().clone();
    bent[0] ^= 1;
    assertReason(Reason.HASH, () -> file.decrypt(bent));
    assertThat(file.toString()).doesNotContain(file.toJson().at("/key/k").textValue());
  }

  @Test
  void bundleFileMustBeOfTheOneKind() throws Exception {
    ObjectNode good = EncryptedFile.encrypt(new byte[1], TestRandom.of(1)).at("mxc://a/b").toJson();
    assertThat(EncryptedFile.parse(good).url()).isEqualTo("mxc://a/b");
    assertReason(Reason.MALFORMED, () -> EncryptedFile.parse(good.deepCopy().put("v", "v1")));
    assertReason(Reason.MALFORMED, () -> EncryptedFile.parse(good.deepCopy().put("url", 1)));
    assertReason(Reason.KEY, () -> EncryptedFile.parse(good.deepCopy().put("iv", "AAAA")));
    assertReason(Reason.MALFORMED, () -> EncryptedFile.parse(good.deepCopy().put("hashes", 1)));
    assertReason(Reason.KEY, () -> EncryptedFile.parse(good.deepCopy().put("key", 1)));
    assertReason(Reason.MALFORMED, () -> EncryptedFile.parse(Json.newObject()));
  }

  @Test
  void bundleTypeHasTwoNamesAndOneIsWritten_C88() throws Exception {
    assertThat(BundleEvent.isType("m.room_key_bundle")).isTrue();
    assertThat(BundleEvent.isType("io.element.msc4268.room_key_bundle")).isTrue();
    assertThat(BundleEvent.isType("m.room_key")).isFalse();
    EncryptedFile file = EncryptedFile.encrypt(new byte[1], TestRandom.of(1)).at("mxc://a/b");
    BundleEvent event = BundleEvent.parse(new BundleEvent(ROOM, file).toJson());
    assertThat(event.roomId()).isEqualTo(ROOM);
    assertThat(event.file().url()).isEqualTo("mxc://a/b");
    assertReason(
        Reason.MALFORMED,
        () -> BundleEvent.parse(new BundleEvent(ROOM, file).toJson().put("room_id", "")));
    assertThat(event.toString()).doesNotContain(file.toJson().at("/key/k").textValue());
  }

  @Test
  void anyBytesAreBundleOrReason() {
    byte[] good = bundle().toBytes();
    Cases.run(
        "room key bundles",
        300,
        20_000,
        (seed, random) -> {
          byte[] bent = good.clone();
          for (int i = random.nextInt(4); i >= 0; i--) {
            bent[random.nextInt(bent.length)] = (byte) random.nextInt(256);
          }
          try {
            assertThat(RoomKeyBundle.parse(ROOM, bent).keys().size()).isLessThanOrEqualTo(1);
          } catch (BundleException e) {
            assertThat(e.reason()).isEqualTo(Reason.JSON);
          }
        });
  }

  @Test
  void bundleVisibilityDecides_ours() {
    assertThat(HistoryVisibility.isShareable(true, Optional.of("shared"))).isTrue();
    assertThat(HistoryVisibility.isShareable(true, Optional.of("world_readable"))).isTrue();
    assertThat(HistoryVisibility.isShareable(true, Optional.of("invited"))).isFalse();
    assertThat(HistoryVisibility.isShareable(true, Optional.of("joined"))).isFalse();
    assertThat(HistoryVisibility.isShareable(true, Optional.of("new"))).isFalse();
    assertThat(HistoryVisibility.isShareable(true, Optional.empty())).isTrue();
    assertThat(HistoryVisibility.isShareable(false, Optional.of("shared"))).isFalse();
    assertThat(HistoryVisibility.isShareable(false, Optional.empty())).isFalse();
  }

  private static void assertReason(
      Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(BundleException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
