package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Frames made by livekit-client and by the native implementation, byte for byte. */
class FrameVectorsTest {

  @TestFactory
  Stream<DynamicTest> frame() {
    return LiveKitVectors.tests("frame", vector -> check(vector, "plainHex"));
  }

  @TestFactory
  Stream<DynamicTest> nativeFrame() {
    return LiveKitVectors.tests("native-frame", vector -> check(vector, "decryptedHex"));
  }

  private static void check(JsonNode vector, String plainField) {
    Codec codec = LiveKitVectors.codec(vector);
    FrameType type = LiveKitVectors.frameType(vector);
    byte[] plain = LiveKitVectors.hex(vector, plainField);
    byte[] iv = LiveKitVectors.iv(vector);
    assertThat(LiveKitVectors.hex(iv)).isEqualTo(vector.get("ivHex").asText());

    try (KeyRing ring = LiveKitVectors.ring(vector)) {
      assertThat(ring.currentIndex().value()).isEqualTo(vector.get("keyIndex").asInt());
      assertThat(LiveKitVectors.sendingKeyHex(ring)).isEqualTo(vector.get("aesKeyHex").asText());
      FrameEncryptor encryptor = new FrameEncryptor(ring, LiveKitVectors.prescribed(iv));
      byte[] encrypted = LiveKitVectors.encrypt(encryptor, codec, type, plain);
      assertThat(LiveKitVectors.hex(encrypted)).isEqualTo(vector.get("encryptedHex").asText());

      FrameDecryptor decryptor = new FrameDecryptor(ring);
      byte[] decrypted = LiveKitVectors.decrypt(decryptor, codec, type, encrypted);
      assertThat(LiveKitVectors.hex(decrypted)).isEqualTo(vector.get("decryptedHex").asText());
      assertThat(decryptor.keyIndex()).isEqualTo(vector.get("keyIndex").asInt());
      assertThat(decryptor.generation()).isEqualTo(vector.get("ratchets").asInt());
    }
    checkHeader(vector, codec, type, plain);
  }

  private static void checkHeader(JsonNode vector, Codec codec, FrameType type, byte[] plain) {
    ClearHeader header = new ClearHeader();
    int clear = header.measure(codec, type, plain, 0, plain.length);
    assertThat(clear).isEqualTo(vector.get("clearBytesInPlain").asInt());
    assertThat(header.isEscaped()).isEqualTo(vector.get("naluEscaping").asBoolean());
    byte[] aad = Arrays.copyOf(plain, clear);
    if (header.isEscaped()) {
      aad = new byte[clear + StartCodes.countShort(plain, 0, clear)];
      StartCodes.copyNormalized(plain, 0, clear, aad, 0);
    }
    assertThat(LiveKitVectors.hex(aad)).isEqualTo(vector.get("aadHex").asText());
    int inserted =
        vector.get("encryptedHex").asText().length() / 2
            - aad.length
            - (plain.length - clear)
            - FrameEncryptor.OVERHEAD_BYTES;
    assertThat(inserted).isEqualTo(vector.get("escapedBytesInserted").asInt());
  }
}
