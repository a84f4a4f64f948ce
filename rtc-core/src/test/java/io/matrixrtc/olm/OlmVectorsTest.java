package io.matrixrtc.olm;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Transcripts recorded from libolm and vodozemac, and messages that they refuse. */
class OlmVectorsTest {
  @TestFactory
  Stream<DynamicTest> transcripts() {
    return Vectors.of("olm.json", "olm", vector -> new OlmTranscript(vector).play());
  }
}
