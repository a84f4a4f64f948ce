package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The {@code LKTS} trailer, alone and around an encrypted frame. */
class PacketTrailerVectorsTest {

  @TestFactory
  Stream<DynamicTest> packetTrailer() {
    return LiveKitVectors.tests("packet-trailer", PacketTrailerVectorsTest::check);
  }

  private static void check(JsonNode vector) {
    byte[] whole = LiveKitVectors.hex(vector, "withTrailerHex");
    if (vector.path("invalid").asBoolean()) {
      assertThat(PacketTrailer.parse(whole, 0, whole.length)).isEmpty();
      assertThat(PacketTrailer.frameBytes(whole, 0, whole.length)).isEqualTo(whole.length);
      return;
    }
    byte[] frame = LiveKitVectors.hex(vector, vector.has("frameHex") ? "frameHex" : "encryptedHex");
    long timestamp = Long.parseUnsignedLong(vector.path("userTimestampMicros").asText("0"));
    long frameId = vector.path("frameId").asLong();
    byte[] userData =
        vector.has("userDataHex") ? LiveKitVectors.hex(vector, "userDataHex") : new byte[0];

    byte[] trailer = PacketTrailer.of(timestamp, frameId, userData).toByteArray();
    byte[] made = Arrays.copyOf(frame, frame.length + trailer.length);
    System.arraycopy(trailer, 0, made, frame.length, trailer.length);
    assertThat(made).isEqualTo(whole);

    assertThat(PacketTrailer.frameBytes(whole, 0, whole.length)).isEqualTo(frame.length);
    if (trailer.length > 0) {
      PacketTrailer parsed = PacketTrailer.parse(whole, 0, whole.length).orElseThrow();
      assertThat(parsed.userTimestampMicros()).isEqualTo(timestamp);
      assertThat(parsed.frameId()).isEqualTo(frameId);
      assertThat(parsed.userData()).isEqualTo(userData);
    }
    if (vector.has("encryptedHex")) {
      checkFrame(vector, frame);
    }
  }

  private static void checkFrame(JsonNode vector, byte[] encrypted) {
    Codec codec = LiveKitVectors.codecNamed(vector.get("codec").asText());
    FrameType type = LiveKitVectors.frameType(vector);
    byte[] plain = LiveKitVectors.hex(vector, "plainHex");
    try (KeyRing ring = LiveKitVectors.ring(vector)) {
      IvSource iv = LiveKitVectors.prescribed(LiveKitVectors.iv(vector));
      assertThat(LiveKitVectors.encrypt(new FrameEncryptor(ring, iv), codec, type, plain))
          .isEqualTo(encrypted);
      assertThat(LiveKitVectors.decrypt(new FrameDecryptor(ring), codec, type, encrypted))
          .isEqualTo(plain);
    }
  }
}
