package io.matrixrtc.backup.keyfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.MemoryVault;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.Vectors;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyBatch;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Key files of crypto-wasm and Element Web, and what imports add up to. */
class KeyFileVectorsTest {
  @TestFactory
  Stream<DynamicTest> keyFiles() {
    return Vectors.tests(
        "key-export.json",
        Map.of("file", KeyFileVectorsTest::file, "merge", KeyFileVectorsTest::merge));
  }

  private static void file(JsonNode vector) throws Exception {
    byte[] file = vector.get("file").textValue().getBytes(UTF_8);
    String passphrase = vector.get("passphrase").textValue();
    Collected collected = new Collected();
    if (!Vectors.isAccept(vector)) {
      assertThatExceptionOfType(KeyFileException.class)
          .isThrownBy(
              () ->
                  KeyFileReader.read(() -> new ByteArrayInputStream(file), passphrase, collected));
      assertThat(collected.keys).isEmpty();
      return;
    }
    KeyFileReader.read(() -> new ByteArrayInputStream(file), passphrase, collected);
    assertSessions(collected.keys, vector.get("sessions"));
    assertThat(collected.skipped).isEqualTo(vector.path("skipped").asInt(0));
    if (passphrase.isEmpty()) {
      return;
    }
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    try (KeyFileWriter writer = new KeyFileWriter(again, passphrase, TestRandom.of(1), 10)) {
      for (ExportedRoomKey key : collected.keys) {
        writer.write(key);
      }
      writer.finish();
    }
    Collected reread = new Collected();
    KeyFileReader.read(() -> new ByteArrayInputStream(again.toByteArray()), passphrase, reread);
    assertSessions(reread.keys, vector.get("sessions"));
  }

  private static void assertSessions(List<ExportedRoomKey> keys, JsonNode sessions) {
    assertThat(keys).hasSize(sessions.size());
    Map<RoomKeyId, ExportedRoomKey> byId = new HashMap<>();
    keys.forEach(key -> byId.put(key.id(), key));
    for (JsonNode session : sessions) {
      RoomKeyId id =
          new RoomKeyId(session.get("room_id").textValue(), session.get("session_id").textValue());
      ExportedRoomKey key = byId.remove(id);
      if (key == null) {
        throw new AssertionError(id + " is missing");
      }
      assertThat(key.senderKey().toBase64()).isEqualTo(session.get("sender_key").textValue());
      assertThat(key.claimedKey().map(Ed25519PublicKey::toBase64))
          .isEqualTo(Optional.ofNullable(session.at("/sender_claimed_keys/ed25519").textValue()));
      assertThat(key.sessionKey().toBase64()).isEqualTo(session.get("session_key").textValue());
      assertThat(key.firstKnownIndex()).isEqualTo(session.get("first_known_index").longValue());
      assertThat(key.sharedHistory()).isEqualTo(session.get("shared_history").booleanValue());
    }
  }

  private static void merge(JsonNode vector) throws Exception {
    assertThat(Vectors.isAccept(vector)).isTrue();
    MemoryVault vault = new MemoryVault();
    List<Integer> imported = new ArrayList<>();
    for (JsonNode step : vector.get("steps")) {
      try (RoomKeyBatch batch = new RoomKeyBatch()) {
        for (JsonNode key : step) {
          batch.add(ExportedRoomKey.parse((ObjectNode) key));
        }
        imported.add(vault.merge(batch.keys(), Optional.empty()).imported());
      }
    }
    List<Integer> expected = new ArrayList<>();
    vector.at("/result/imported").forEach(count -> expected.add(count.intValue()));
    assertThat(imported).isEqualTo(expected);
    JsonNode last = vector.at("/result/final");
    assertThat(vault.contents()).hasSize(last.size());
    for (JsonNode key : last) {
      ExportedRoomKey held =
          vault
              .key(new RoomKeyId(key.get("room_id").textValue(), key.get("session_id").textValue()))
              .orElseThrow();
      assertThat(held.firstKnownIndex()).isEqualTo(key.get("index").longValue());
      assertThat(held.sharedHistory()).isEqualTo(key.get("shared_history").booleanValue());
    }
  }
}
