package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a sender does with odd frames. Where ours is stricter, {@link Deviation} says why. */
class EncodeEdgeVectorsTest {
  /** Deviations from livekit-client, recognised by the vector's content. */
  private enum Deviation {
    /** An unknown state counts as disabled there; ours drops (FRAME-CLOSED). */
    FAILS_CLOSED,
    /** An exception ends the track's stream there; ours drops the one frame (FRAME-NOTHROW). */
    DROPS_WITHOUT_THROWING
  }

  /** The vectors of the test resources in which ours deviates. */
  private static final Set<String> DEVIATING =
      Set.of(
          "encode-edge-06", // FAILS_CLOSED
          "encode-edge-10", // DROPS_WITHOUT_THROWING, all of these
          "encode-edge-11",
          "encode-edge-12",
          "encode-edge-13",
          "encode-edge-14");

  @TestFactory
  Stream<DynamicTest> encodeEdge() {
    return LiveKitVectors.tests("encode-edge", EncodeEdgeVectorsTest::check);
  }

  @Test
  void deviatingVectorsAreTheOnesNamed() {
    if (!LiveKitVectors.shipped()) {
      return;
    }
    assertThat(
            LiveKitVectors.group("encode-edge").stream()
                .filter(vector -> deviation(vector) != null)
                .map(vector -> vector.get("id").asText())
                .collect(Collectors.toSet()))
        .isEqualTo(DEVIATING);
  }

  private static @Nullable Deviation deviation(JsonNode vector) {
    String expect = vector.get("expect").asText();
    if (expect.equals("throws")) {
      return Deviation.DROPS_WITHOUT_THROWING;
    }
    boolean unknown = !vector.hasNonNull("encryptionEnabled");
    boolean empty = vector.get("plainHex").asText().isEmpty();
    return expect.equals("passthrough") && unknown && !empty ? Deviation.FAILS_CLOSED : null;
  }

  private static void check(JsonNode vector) {
    Codec codec = LiveKitVectors.codec(vector);
    FrameType type = LiveKitVectors.frameType(vector);
    byte[] plain = LiveKitVectors.hex(vector, "plainHex");
    byte[] out = new byte[FrameEncryptor.maxOutputBytes(codec, plain.length)];
    try (KeyRing ring = LiveKitVectors.newRing(KeyRingSettings.defaults());
        KeyMaterial key = KeyMaterial.copyOf(KeyDerivation.HKDF, new byte[16])) {
      if (vector.get("keySet").asBoolean()) {
        ring.put(KeyIndex.ZERO, key);
      }
      FrameEncryptor encryptor = new FrameEncryptor(ring);
      encryptor.setProtection(protection(vector));
      FrameStatus status = encryptor.encrypt(codec, type, plain, 0, plain.length, out, 0);

      Deviation deviation = deviation(vector);
      if (deviation == Deviation.FAILS_CLOSED) {
        assertThat(status).isEqualTo(FrameStatus.PROTECTION_UNKNOWN);
      } else if (deviation == Deviation.DROPS_WITHOUT_THROWING) {
        assertThat(status)
            .isEqualTo(codec == Codec.AV1 ? FrameStatus.UNSUPPORTED_CODEC : FrameStatus.TOO_SHORT);
        LiveKitVectors.encrypt(encryptor, Codec.AUDIO, FrameType.KEY, new byte[20]);
      } else {
        checkSame(vector, status, encryptor, plain, out);
      }
    }
  }

  private static void checkSame(
      JsonNode vector, FrameStatus status, FrameEncryptor encryptor, byte[] plain, byte[] out) {
    switch (vector.get("expect").asText()) {
      case "passthrough" -> {
        assertThat(status).isEqualTo(FrameStatus.PASSED_THROUGH);
        assertThat(Arrays.copyOf(out, encryptor.outputLength())).isEqualTo(plain);
      }
      case "dropped" -> {
        assertThat(status).isEqualTo(FrameStatus.NO_KEY);
        assertThat(encryptor.outputLength()).isZero();
        assertThat(vector.get("errors").toString()).isEqualTo("[\"MissingKey\"]");
      }
      case "encrypted" -> assertThat(status).isEqualTo(FrameStatus.OK);
      default -> throw new AssertionError("unknown expectation " + vector.get("expect"));
    }
  }

  private static Protection protection(JsonNode vector) {
    JsonNode enabled = Objects.requireNonNull(vector.get("encryptionEnabled"));
    if (enabled.isNull()) {
      return Protection.UNKNOWN;
    }
    return enabled.asBoolean() ? Protection.ENCRYPTED : Protection.CLEAR;
  }
}
