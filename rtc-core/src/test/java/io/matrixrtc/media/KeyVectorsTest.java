package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Derivation of AES keys, and the ratchet. */
class KeyVectorsTest {

  @TestFactory
  Stream<DynamicTest> kdf() {
    return LiveKitVectors.tests("kdf", KeyVectorsTest::derives);
  }

  private static void derives(JsonNode vector) {
    assertThat(vector.get("hash").asText()).isEqualTo("SHA-256");
    if (vector.has("infoHex")) {
      assertThat(LiveKitVectors.hex(vector, "infoHex")).isEqualTo(new byte[128]);
    }
    if (vector.has("iterations")) {
      assertThat(vector.get("iterations").asInt()).isEqualTo(100_000);
    }
    try (KeyMaterial material = LiveKitVectors.material(vector)) {
      if (vector.has("passphraseUtf8")) {
        String passphrase = vector.get("passphraseUtf8").asText();
        assertThat(KeyMaterial.ofPassphrase(passphrase).sameMaterial(material)).isTrue();
      }
      checkKey(vector, material.frameKey(salt(vector), vector.get("keyBits").asInt()));
    }
  }

  @TestFactory
  Stream<DynamicTest> ratchet() {
    return LiveKitVectors.tests("ratchet", KeyVectorsTest::walks);
  }

  private static void walks(JsonNode vector) {
    byte[] salt = salt(vector);
    int keyBits = vector.get("keyBits").asInt();
    KeyMaterial material =
        KeyMaterial.copyOf(
            KeyDerivation.valueOf(vector.get("kdf").asText()),
            LiveKitVectors.hex(vector, "initialMaterialHex"));
    for (int i = 0; i < vector.get("steps").asInt(); i++) {
      FrameKey key = material.frameKey(salt, keyBits);
      material = material.next(salt);
      assertThat(key.getEncoded())
          .as("a frame key is a prefix of the next material")
          .isEqualTo(Arrays.copyOf(material.copyBytes(), keyBits / 8));
    }
    assertThat(LiveKitVectors.hex(material.copyBytes()))
        .isEqualTo(vector.get("materialHex").asText());
    checkKey(vector, material.frameKey(salt, keyBits));
  }

  private static void checkKey(JsonNode vector, FrameKey key) {
    assertThat(LiveKitVectors.hex(Objects.requireNonNull(key.getEncoded())))
        .isEqualTo(vector.get("aesKeyHex").asText());
    if (!vector.has("probe")) {
      return;
    }
    JsonNode probe = vector.get("probe");
    byte[] aad = LiveKitVectors.hex(probe, "aadHex");
    byte[] plain = LiveKitVectors.hex(probe, "plainHex");
    byte[] out = Arrays.copyOf(aad, aad.length + plain.length + 16);
    new FrameCipher()
        .seal(key, LiveKitVectors.hex(probe, "ivHex"), aad.length, plain, 0, plain.length, out, 0);
    assertThat(LiveKitVectors.hex(Arrays.copyOfRange(out, aad.length, out.length)))
        .isEqualTo(probe.get("sealedHex").asText());
  }

  private static byte[] salt(JsonNode vector) {
    return vector.has("saltHex")
        ? LiveKitVectors.hex(vector, "saltHex")
        : vector.get("saltUtf8").asText().getBytes(StandardCharsets.UTF_8);
  }
}
