package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Data packets of livekit-client and of the native implementation, with their protobuf bytes. */
class DataVectorsTest {

  @TestFactory
  Stream<DynamicTest> data() {
    return LiveKitVectors.tests("data", vector -> unchecked(() -> check(vector)));
  }

  @TestFactory
  Stream<DynamicTest> nativeData() {
    return LiveKitVectors.tests("native-data", vector -> unchecked(() -> check(vector)));
  }

  private static void check(JsonNode vector) throws DataPacketException {
    byte[] plain = LiveKitVectors.hex(vector, "plainHex");
    byte[] iv = LiveKitVectors.hex(vector, "ivHex");
    byte[] sealed = LiveKitVectors.hex(vector, "sealedHex");
    if (vector.has("randomU32")) {
      // Each sum is truncated to 32 bits, as the fractional milliseconds are.
      double millis = vector.get("timestampMillis").asDouble();
      long counter = vector.get("counter").asLong() % 65535;
      assertThat(
              LiveKitVectors.iv(
                  vector.get("randomU32").asLong(), (long) millis, (long) (millis - counter)))
          .isEqualTo(iv);
    }
    try (KeyRing ring = LiveKitVectors.ring(vector)) {
      assertThat(LiveKitVectors.sendingKeyHex(ring)).isEqualTo(vector.get("aesKeyHex").asText());
      EncryptedPacket ours =
          new DataPacketCipher(ring, LiveKitVectors.prescribed(iv)).encrypt(plain);
      assertThat(ours.value()).isEqualTo(sealed);
      assertThat(ours.iv()).isEqualTo(iv);
      assertThat(ours.keyIndex().value()).isEqualTo(vector.get("keyIndex").asInt());
      assertThat(ours.encryptionType()).isEqualTo(EncryptedPacket.TYPE_GCM);

      EncryptedPacket theirs =
          EncryptedPacket.of(
              vector.path("encryptionType").asInt(EncryptedPacket.TYPE_NONE),
              iv,
              vector.get("keyIndex").asInt(),
              sealed);
      assertThat(new DataPacketCipher(ring).decrypt(theirs)).isEqualTo(plain);
      checkProtobuf(vector, theirs);
    }
    checkPayload(vector, plain);
  }

  private static void checkProtobuf(JsonNode vector, EncryptedPacket packet)
      throws DataPacketException {
    if (vector.has("encryptedPacketProtoHex")) {
      byte[] message = LiveKitVectors.hex(vector, "encryptedPacketProtoHex");
      assertThat(packet.toByteArray()).isEqualTo(message);
      assertThat(EncryptedPacket.parse(message).toByteArray()).isEqualTo(message);
    }
    if (vector.has("dataPacketProtoHex")) {
      byte[] dataPacket = LiveKitVectors.hex(vector, "dataPacketProtoHex");
      assertThat(EncryptedPacket.inDataPacket(dataPacket).orElseThrow().toByteArray())
          .isEqualTo(packet.toByteArray());
      assertThat(LiveKitVectors.hex(dataPacket))
          .contains(LiveKitVectors.hex(packet.toDataPacketField()));
      if (vector.get("group").asText().equals("native-data")) {
        assertThat(EncryptedPacket.participantIdentity(dataPacket)).isPresent();
      }
    }
  }

  private static void checkPayload(JsonNode vector, byte[] plain) throws DataPacketException {
    if (!vector.has("userPayloadUtf8")) {
      return;
    }
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    ProtoReader fields = new ProtoReader(plain);
    while (fields.next()) {
      assertThat(fields.is(1, ProtoReader.BYTES)).as("a user packet").isTrue();
      ProtoReader user = new ProtoReader(fields.bytes());
      while (user.next()) {
        if (user.is(2, ProtoReader.BYTES)) {
          payload.writeBytes(user.bytes());
        }
      }
    }
    assertThat(payload.toString(StandardCharsets.UTF_8))
        .isEqualTo(vector.get("userPayloadUtf8").asText());
  }

  private interface Check {
    void run() throws DataPacketException;
  }

  private static void unchecked(Check check) {
    try {
      check.run();
    } catch (DataPacketException e) {
      throw new AssertionError(e.reason() + ": " + e.getMessage(), e);
    }
  }
}
