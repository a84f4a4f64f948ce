package io.matrixrtc.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.recovery.PassphraseException;
import io.matrixrtc.backup.recovery.PassphraseInfo;
import io.matrixrtc.backup.recovery.RecoveryKey;
import io.matrixrtc.backup.recovery.RecoveryKeyException;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What libolm, crypto-wasm and js-sdk make of backup keys, entries and signatures. */
class BackupVectorsTest {
  @TestFactory
  Stream<DynamicTest> backup() {
    return Vectors.tests(
        "backup.json",
        Map.of(
            "recovery_key", BackupVectorsTest::recoveryKey,
            "passphrase", BackupVectorsTest::passphrase,
            "backup_key_base64", BackupVectorsTest::backupKey,
            "session_data", BackupVectorsTest::sessionData,
            "backup_entry", BackupVectorsTest::entry,
            "auth_data", BackupVectorsTest::authData,
            "upload_body", BackupVectorsTest::uploadBody,
            "server_merge", BackupVectorsTest::serverMerge));
  }

  private static void recoveryKey(JsonNode vector) throws Exception {
    String typed = vector.get("input").textValue();
    if (!Vectors.isAccept(vector)) {
      assertThatExceptionOfType(RecoveryKeyException.class)
          .isThrownBy(() -> RecoveryKey.decode(typed))
          .satisfies(
              e ->
                  assertThat(e.reason().name())
                      .isEqualToIgnoringCase(vector.get("reason").asText()));
      return;
    }
    byte[] key = Vectors.hex(vector.get("key_hex"));
    assertThat(RecoveryKey.decode(typed)).isEqualTo(key);
    assertThat(RecoveryKey.encode(key)).isEqualTo(vector.get("canonical").textValue());
  }

  private static void passphrase(JsonNode vector) throws Exception {
    if (!Vectors.isAccept(vector)) {
      assertThatExceptionOfType(PassphraseException.class)
          .isThrownBy(() -> PassphraseInfo.parse(vector.get("info")));
      return;
    }
    PassphraseInfo info = PassphraseInfo.parse(vector.get("info"));
    assertThat(info.deriveKey(vector.get("passphrase").textValue()))
        .isEqualTo(Vectors.hex(vector.get("key_hex")));
  }

  private static void backupKey(JsonNode vector) throws Exception {
    String secret = vector.get("input").textValue();
    if (!Vectors.isAccept(vector)) {
      assertThatExceptionOfType(BackupKeyException.class)
          .isThrownBy(() -> BackupKey.fromSecret(secret));
      return;
    }
    try (BackupKey key = BackupKey.fromSecret(secret);
        BackupKey same = BackupKey.copyOf(Vectors.hex(vector.get("key_hex")))) {
      assertThat(key.isSameAs(same)).isTrue();
      assertThat(key.publicKey().toBase64()).isEqualTo(vector.get("public_key").textValue());
      assertThat(key.toSecret()).isEqualTo(vector.get("reencoded").textValue());
      assertThat(key.toRecoveryKey()).isEqualTo(vector.get("recovery_key").textValue());
    }
  }

  private static void sessionData(JsonNode vector) throws Exception {
    try (BackupKey key = BackupKey.fromSecret(vector.get("private_key").textValue())) {
      if (!Vectors.isAccept(vector)) {
        assertThatExceptionOfType(DamagedKeyException.class)
            .isThrownBy(() -> SealedBox.open(key, vector.get("session_data")));
        return;
      }
      byte[] plaintext = SealedBox.open(key, vector.get("session_data"));
      assertThat(Base64.getEncoder().encodeToString(plaintext))
          .isEqualTo(vector.get("plaintext_base64").textValue());
      JsonNode again = SealedBox.seal(key.publicKey(), plaintext, TestRandom.of(1));
      assertThat(SealedBox.open(key, again)).isEqualTo(plaintext);
    }
  }

  private static void entry(JsonNode vector) throws Exception {
    String roomId = vector.get("room_id").textValue();
    String sessionId = vector.get("session_id").textValue();
    JsonNode entry = vector.get("entry");
    try (BackupKey key = BackupKey.fromSecret(vector.get("private_key").textValue())) {
      if (!Vectors.isAccept(vector)) {
        assertThatExceptionOfType(DamagedKeyException.class)
            .isThrownBy(() -> BackupEntry.open(key, roomId, sessionId, entry));
        return;
      }
      try (ExportedRoomKey opened = BackupEntry.open(key, roomId, sessionId, entry)) {
        assertIsImported(opened, vector.get("imported"));
        ObjectNode again = BackupEntry.seal(opened, key.publicKey(), TestRandom.of(2));
        try (ExportedRoomKey reopened = BackupEntry.open(key, roomId, sessionId, again)) {
          assertIsImported(reopened, vector.get("imported"));
        }
      }
    }
  }

  private static void assertIsImported(ExportedRoomKey key, JsonNode expected) {
    assertThat(key.id().sessionId()).isEqualTo(expected.get("session_id").textValue());
    assertThat(key.senderKey().toBase64()).isEqualTo(expected.get("sender_key").textValue());
    assertThat(key.claimedKey().map(Ed25519PublicKey::toBase64))
        .isEqualTo(Optional.ofNullable(expected.at("/sender_claimed_keys/ed25519").textValue()));
    assertThat(key.sessionKey().toBase64()).isEqualTo(expected.get("session_key").textValue());
    assertThat(key.firstKnownIndex()).isEqualTo(expected.get("first_known_index").longValue());
    assertThat(key.sharedHistory()).isEqualTo(expected.get("shared_history").booleanValue());
  }

  private static void authData(JsonNode vector) throws Exception {
    BackupAuth auth = BackupAuth.parse(vector.get("backup_info")).orElseThrow();
    OwnKeys own = ownKeys(vector.get("view"));
    BackupTrust trust = BackupTrust.judge(auth, own);
    assertThat(trust.isTrusted()).isEqualTo(Vectors.isAccept(vector));
    assertThat(BackupAccess.of(auth, own, Optional.empty()).mayUpload())
        .isEqualTo(Vectors.isAccept(vector));
    if (auth.isAlgorithmKnown()) { // the peer does not look at the signatures of others
      assertThat(peersWord(trust.ownDevice())).isEqualTo(vector.at("/states/own_device").asText());
      assertThat(peersWord(trust.masterKey())).isEqualTo(vector.at("/states/master").asText());
    }
  }

  private static String peersWord(SignatureState state) {
    return switch (state) {
      case MISSING -> "Missing";
      case INVALID -> "Invalid";
      case VALID_UNTRUSTED -> "ValidButNotTrusted";
      case VALID_TRUSTED -> "ValidAndTrusted";
    };
  }

  private static OwnKeys ownKeys(JsonNode view) throws KeyFormatException {
    List<OwnKeys.OtherDevice> others = new ArrayList<>();
    for (JsonNode device : view.get("other_devices")) {
      others.add(
          new OwnKeys.OtherDevice(
              device.get("device_id").textValue(),
              Ed25519PublicKey.fromBase64(device.get("ed25519").textValue()),
              device.get("verified").booleanValue()));
    }
    JsonNode master = view.get("master_key");
    return new OwnKeys(
        view.get("user_id").textValue(),
        new OwnKeys.OwnDevice(
            view.at("/own_device/device_id").textValue(),
            Ed25519PublicKey.fromBase64(view.at("/own_device/ed25519").textValue())),
        master.isNull()
            ? Optional.empty()
            : Optional.of(
                new OwnKeys.MasterKey(
                    Ed25519PublicKey.fromBase64(master.get("ed25519").textValue()),
                    master.get("verified").booleanValue())),
        others);
  }

  private static void uploadBody(JsonNode vector) throws Exception {
    assertThat(Vectors.isAccept(vector)).isTrue();
    Set<String> opened = new HashSet<>();
    try (BackupKey key = BackupKey.fromSecret(vector.get("private_key").textValue())) {
      for (Map.Entry<String, JsonNode> room : vector.at("/body/rooms").properties()) {
        for (Map.Entry<String, JsonNode> session : room.getValue().get("sessions").properties()) {
          try (ExportedRoomKey roomKey =
              BackupEntry.open(key, room.getKey(), session.getKey(), session.getValue())) {
            opened.add(described(roomKey));
          }
        }
      }
    }
    Set<String> expected = new HashSet<>();
    for (JsonNode session : vector.get("sessions")) {
      expected.add(
          String.join(
              " ",
              session.get("room_id").asText(),
              session.get("session_id").asText(),
              session.get("session_key").asText(),
              session.get("sender_key").asText(),
              session.get("shared_history").asText()));
    }
    assertThat(opened).isEqualTo(expected).isNotEmpty();
  }

  private static String described(ExportedRoomKey key) {
    return String.join(
        " ",
        key.id().roomId(),
        key.id().sessionId(),
        key.sessionKey().toBase64(),
        key.senderKey().toBase64(),
        Boolean.toString(key.sharedHistory()));
  }

  private static void serverMerge(JsonNode vector) {
    EntryRank held = EntryRank.parse(vector.get("held"));
    EntryRank uploaded = EntryRank.parse(vector.get("uploaded"));
    assertThat(uploaded.replaces(held)).isEqualTo(Vectors.isAccept(vector));
    assertThat(uploaded.replaces(held))
        .isEqualTo(vector.get("specified").textValue().equals("replace"));
    assertThat(uploaded.replacesOnSynapse(held))
        .isEqualTo(vector.get("synapse").textValue().equals("replace"));
    ObjectNode written = Json.newObject();
    held.writeTo(written);
    assertThat(EntryRank.parse(written)).isEqualTo(held);
  }
}
