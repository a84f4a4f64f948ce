package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every group of {@code livekit-e2ee.json} has a test; each is a class of its own. */
class LiveKitE2eeVectorsTest {
  private static final Set<String> TESTED =
      Set.of(
          "kdf", // KeyVectorsTest
          "ratchet",
          "frame", // FrameVectorsTest
          "native-frame",
          "encode-edge", // EncodeEdgeVectorsTest
          "scenario", // ScenarioVectorsTest
          "rbsp", // NaluVectorsTest
          "nalu",
          "packet-trailer", // PacketTrailerVectorsTest
          "data", // DataVectorsTest
          "native-data",
          "native-behaviour", // NativeBehaviourVectorsTest
          "error-limiter"); // ErrorLimiterVectorsTest

  @Test
  void everyGroupIsTested() {
    assertThat(LiveKitVectors.all())
        .isNotEmpty()
        .allSatisfy(vector -> assertThat(TESTED).contains(vector.get("group").asText()));
  }
}
