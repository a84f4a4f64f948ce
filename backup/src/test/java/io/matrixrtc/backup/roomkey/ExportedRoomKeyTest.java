package io.matrixrtc.backup.roomkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.InboundGroupSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportedRoomKeyTest {
  private static final String ROOM = "!room:example.org";
  private final ObjectNode json = TestKeys.roomKey(ROOM, 1, 4, true).toFileJson();

  @Test
  void whatIsWrittenReadsBack_C69() throws Exception {
    ExportedRoomKey key = TestKeys.roomKey(ROOM, 1, 4, true);
    ExportedRoomKey read = ExportedRoomKey.parse(key.toFileJson());
    assertThat(read.id()).isEqualTo(key.id());
    assertThat(read.senderKey()).isEqualTo(key.senderKey());
    assertThat(read.claimedKey()).isEqualTo(key.claimedKey());
    assertThat(read.sharedHistory()).isTrue();
    assertThat(read.firstKnownIndex()).isEqualTo(4);
    assertThat(read.sessionKey().toBase64()).isEqualTo(key.sessionKey().toBase64());
    assertThat(key.toBackupJson().has("room_id")).isFalse();
    assertThat(key.toBundleJson().has("shared_history")).isFalse();
    assertThat(key.toString()).doesNotContain(key.sessionKey().toBase64());
  }

  @Test
  void keySharedWriteNeverWritesTheMiddleName_ours() {
    assertThat(json.path("shared_history").booleanValue()).isTrue();
    assertThat(json.path("org.matrix.msc3061.shared_history").booleanValue()).isTrue();
    assertThat(json.has("m.shared_history")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"shared_history", "m.shared_history", "org.matrix.msc3061.shared_history"})
  void keySharedIsReadUnderAnyName_C86(String name) {
    assertThat(SharedHistory.read(Json.newObject().put(name, true))).isTrue();
    assertThat(SharedHistory.read(Json.newObject().put(name, false))).isFalse();
    assertThat(SharedHistory.read(Json.newObject().put(name, "true"))).isFalse();
    assertThat(SharedHistory.read(Json.newObject().put(name, 1))).isFalse();
    assertThat(SharedHistory.read(Json.newObject())).isFalse();
  }

  @Test
  void keyAlgorithmMustBeKnown() {
    assertReason(Reason.ALGORITHM, json.deepCopy().put("algorithm", "m.megolm.v9"));
  }

  @Test
  void keyIdOfAnotherSessionIsRefused_ours() {
    String other = TestKeys.roomKey(ROOM, 2, 0, false).id().sessionId();
    assertReason(Reason.SESSION_ID, json.deepCopy().put("session_id", other));
    String padded = json.get("session_id").textValue() + "=";
    assertReason(Reason.SESSION_ID, json.deepCopy().put("session_id", padded));
  }

  @Test
  void keyFormatIsTheExportAlone() throws Exception {
    String key = json.get("session_key").textValue();
    assertReason(Reason.SESSION_KEY, json.deepCopy().put("session_key", key.substring(1)));
    assertReason(Reason.SESSION_KEY, json.deepCopy().put("session_key", key + "AAAA"));
    assertReason(Reason.SESSION_KEY, json.deepCopy().put("session_key", "Ag" + key.substring(2)));
    try (InboundGroupSession session = TestKeys.session(1)) {
      String exported = session.exportAtFirstKnownIndex().toBase64();
      assertThat(ExportedRoomKey.parse(json.deepCopy().put("session_key", exported))).isNotNull();
    }
  }

  @Test
  void keyClaimedMayBeAbsentButNotMalformed_ours() throws Exception {
    ObjectNode without = json.deepCopy();
    without.remove("sender_claimed_keys");
    assertThat(ExportedRoomKey.parse(without).claimedKey()).isEmpty();
    ObjectNode empty = json.deepCopy();
    empty.putObject("sender_claimed_keys");
    assertThat(ExportedRoomKey.parse(empty).claimedKey()).isEmpty();
    assertReason(Reason.SENDER_KEY, json.deepCopy().put("sender_claimed_keys", "x"));
    ObjectNode bad = json.deepCopy();
    bad.putObject("sender_claimed_keys").put("ed25519", "AAAA");
    assertReason(Reason.SENDER_KEY, bad);
    assertReason(Reason.SENDER_KEY, json.deepCopy().put("sender_key", "AAAA"));
  }

  @Test
  void roomIdsAreBounded() throws Exception {
    assertReason(Reason.ROOM_ID, json.deepCopy().put("room_id", ""));
    assertReason(Reason.ROOM_ID, json.deepCopy().put("room_id", "!".repeat(256)));
    assertThat(ExportedRoomKey.parse(json.deepCopy().put("room_id", "!".repeat(255)))).isNotNull();
    for (String name : new String[] {"room_id", "session_id", "sender_key", "session_key"}) {
      ObjectNode missing = json.deepCopy();
      missing.remove(name);
      assertReason(Reason.MISSING_FIELD, missing);
    }
  }

  private static void assertReason(Reason reason, ObjectNode json) {
    assertThatExceptionOfType(DamagedKeyException.class)
        .isThrownBy(() -> ExportedRoomKey.parse(json))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
