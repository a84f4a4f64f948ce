package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.cases.VectorFile;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/** Reads {@code livekit-e2ee.json} and builds from its fields what the tests of each group need. */
final class LiveKitVectors {
  static final String FILE = "livekit-e2ee.json";

  private LiveKitVectors() {}

  static List<JsonNode> all() {
    Optional<JsonNode> file = VectorFile.read(FILE);
    Assumptions.assumeTrue(file.isPresent(), FILE + " is not in the folder of vectors");
    List<JsonNode> vectors = new ArrayList<>();
    file.orElseThrow().get("vectors").forEach(vectors::add);
    return vectors;
  }

  /** One test for each vector of the group; at least one. */
  static Stream<DynamicTest> tests(String group, Consumer<JsonNode> test) {
    List<JsonNode> vectors = group(group);
    if (shipped()) {
      assertThat(vectors).as("vectors of group %s", group).isNotEmpty();
    }
    Assumptions.assumeFalse(vectors.isEmpty(), "no vectors of group " + group);
    return vectors.stream()
        .map(vector -> DynamicTest.dynamicTest(name(vector), () -> test.accept(vector)));
  }

  /** Whether the vectors are those of the test resources, whose ids may be named. */
  static boolean shipped() {
    return System.getProperty("vectors.dir", "").isEmpty();
  }

  static List<JsonNode> group(String group) {
    return all().stream().filter(v -> v.get("group").asText().equals(group)).toList();
  }

  static String name(JsonNode vector) {
    String id = vector.get("id").asText();
    return vector.has("name") ? id + ": " + vector.get("name").asText() : id;
  }

  static byte[] hex(JsonNode node, String field) {
    return HexFormat.of().parseHex(Objects.requireNonNull(node.get(field), field).asText());
  }

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static boolean hasValue(JsonNode node, String field) {
    return node.hasNonNull(field);
  }

  static KeyMaterial material(JsonNode node) {
    KeyDerivation derivation = KeyDerivation.valueOf(node.get("kdf").asText());
    if (hasValue(node, "inputHex")) {
      return KeyMaterial.copyOf(derivation, hex(node, "inputHex"));
    }
    assertThat(derivation).isEqualTo(KeyDerivation.PBKDF2);
    return KeyMaterial.ofPassphrase(node.get("passphraseUtf8").asText());
  }

  static KeyRingSettings settings(JsonNode vector) {
    KeyRingSettings settings = KeyRingSettings.defaults();
    if (hasValue(vector, "saltUtf8")) {
      settings = settings.withRatchetSalt(vector.get("saltUtf8").asText());
    }
    if (hasValue(vector, "keyBits")) {
      settings = settings.withKeyBits(vector.get("keyBits").asInt());
    }
    if (hasValue(vector, "keyringSize")) {
      settings = settings.withSlots(vector.get("keyringSize").asInt());
    }
    return settings;
  }

  /** A ring with the vector's key, ratcheted as it says, in use for sending. */
  static KeyRing ring(JsonNode vector) {
    return ring(vector, 0);
  }

  /** The same, that many generations behind. */
  static KeyRing ring(JsonNode vector, int behind) {
    KeyRing ring = newRing(settings(vector));
    KeyIndex index =
        new KeyIndex(vector.get(vector.has("setKeyIndex") ? "setKeyIndex" : "keyIndex").asInt());
    try (KeyMaterial material = material(vector)) {
      ring.put(index, material);
    }
    ring.use(index);
    int ratchets = vector.path("ratchets").asInt(0);
    for (int i = 0; i < ratchets - behind; i++) {
      ring.advance(ring.currentIndex(), 1);
    }
    return ring;
  }

  /** The AES key that the ring encrypts with. */
  static String sendingKeyHex(KeyRing ring) {
    KeyRing.SendingKey key = Objects.requireNonNull(ring.sending());
    return hex(Objects.requireNonNull(key.generation().frameKey().getEncoded()));
  }

  static KeyRing newRing(KeyRingSettings settings) {
    return new KeyRing(settings, new SplittableRandom(1), InstantSource.fixed(Instant.EPOCH));
  }

  /** LiveKit's IV: SSRC, timestamp, timestamp - (counter mod 65535). */
  static byte[] iv(JsonNode vector) {
    long ssrc = vector.hasNonNull("ssrc") ? vector.get("ssrc").asLong() : -1;
    long timestamp = vector.get("timestamp").asLong();
    long counter = vector.get("counter").asLong();
    return iv(ssrc, timestamp, timestamp - counter % 65535);
  }

  static byte[] iv(long first, long second, long third) {
    return ByteBuffer.allocate(12)
        .putInt((int) first)
        .putInt((int) second)
        .putInt((int) third)
        .array();
  }

  static IvSource prescribed(byte[] iv) {
    return (slot, out) -> {
      System.arraycopy(iv, 0, out, 0, 12);
      return true;
    };
  }

  static Codec codec(JsonNode frame) {
    if (frame.get("media").asText().equals("audio")) {
      return Codec.AUDIO;
    }
    assertThat(frame.get("media").asText()).isEqualTo("video");
    Map<Integer, String> payloadTypes = new HashMap<>();
    if (hasValue(frame, "rtpMap")) {
      frame
          .get("rtpMap")
          .properties()
          .forEach(e -> payloadTypes.put(Integer.valueOf(e.getKey()), e.getValue().asText()));
    }
    return Codec.ofVideo(
        text(frame, "mimeType"),
        frame.path("payloadType").asInt(0),
        payloadTypes,
        hasValue(frame, "fallbackCodec") ? codecNamed(frame.get("fallbackCodec").asText()) : null);
  }

  static Codec codecNamed(String name) {
    return name.equals("none") || name.equals("unknown")
        ? Codec.UNKNOWN
        : Codec.ofMimeType("video/" + name);
  }

  static FrameType frameType(JsonNode frame) {
    return switch (Objects.requireNonNullElse(text(frame, "frameType"), "key")) {
      case "key" -> FrameType.KEY;
      case "delta" -> FrameType.DELTA;
      case "empty" -> FrameType.EMPTY;
      default -> throw new AssertionError("unknown frame type " + frame.get("frameType"));
    };
  }

  static @Nullable String text(JsonNode node, String field) {
    return hasValue(node, field) ? node.get(field).asText() : null;
  }

  /** Encrypts into a fresh array of the exact length; the status must be OK. */
  static byte[] encrypt(FrameEncryptor encryptor, Codec codec, FrameType type, byte[] frame) {
    byte[] out = new byte[FrameEncryptor.maxOutputBytes(codec, frame.length)];
    assertThat(encryptor.encrypt(codec, type, frame, 0, frame.length, out, 0))
        .isEqualTo(FrameStatus.OK);
    return Arrays.copyOf(out, encryptor.outputLength());
  }

  /** Decrypts into a fresh array of the exact length; the status must be OK. */
  static byte[] decrypt(FrameDecryptor decryptor, Codec codec, FrameType type, byte[] frame) {
    byte[] out = new byte[frame.length];
    assertThat(decryptor.decrypt(codec, type, frame, 0, frame.length, out, 0))
        .isEqualTo(FrameStatus.OK);
    return Arrays.copyOf(out, decryptor.outputLength());
  }
}
