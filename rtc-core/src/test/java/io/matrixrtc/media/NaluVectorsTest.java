package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Escaping, slices and start codes. */
class NaluVectorsTest {

  @TestFactory
  Stream<DynamicTest> rbsp() {
    return LiveKitVectors.tests("rbsp", NaluVectorsTest::escapes);
  }

  private static void escapes(JsonNode vector) {
    byte[] input = LiveKitVectors.hex(vector, "inputHex");
    byte[] escaped = escape(input);
    assertThat(LiveKitVectors.hex(escaped)).isEqualTo(vector.get("escapedHex").asText());
    assertThat(LiveKitVectors.hex(unescape(input))).isEqualTo(vector.get("unescapedHex").asText());
    assertThat(unescape(escaped)).isEqualTo(input);
    assertThat(Rbsp.findEscape(input, 0, input.length) >= 0)
        .isEqualTo(vector.get("needsUnescaping").asBoolean());
    assertThat(Rbsp.findEscape(escaped, 0, escaped.length) >= 0)
        .isEqualTo(vector.get("escapedNeedsUnescaping").asBoolean());
  }

  static byte[] escape(byte[] input) {
    byte[] bytes = Arrays.copyOf(input, input.length * 2);
    int length = new Rbsp().escape(bytes, 0, input.length);
    return Arrays.copyOf(bytes, length);
  }

  static byte[] unescape(byte[] input) {
    byte[] out = new byte[input.length];
    return Arrays.copyOf(out, unescape(input, out));
  }

  /** The pure function: unlike a frame's tail, it may end in an escape. */
  private static int unescape(byte[] input, byte[] out) {
    int first = Rbsp.nextEscape(input, 0, input.length);
    return Rbsp.unescape(input, 0, input.length, first, out, 0);
  }

  @TestFactory
  Stream<DynamicTest> nalu() {
    return LiveKitVectors.tests("nalu", NaluVectorsTest::findsSlices);
  }

  private static void findsSlices(JsonNode vector) {
    byte[] data = LiveKitVectors.hex(vector, "dataHex");
    vector
        .get("byKnownCodec")
        .properties()
        .forEach(e -> checkScan(data, LiveKitVectors.codecNamed(e.getKey()), e.getValue()));
    byte[] normalized = new byte[data.length + StartCodes.countShort(data, 0, data.length)];
    assertThat(StartCodes.copyNormalized(data, 0, data.length, normalized, 0))
        .isEqualTo(normalized.length);
    assertThat(LiveKitVectors.hex(normalized))
        .isEqualTo(vector.get("normalizedStartCodesHex").asText());
  }

  private static void checkScan(byte[] data, Codec announced, JsonNode expected) {
    NaluScan scan = new NaluScan();
    NaluScan.Result result = scan.scan(data, 0, data.length, announced);
    if (expected.has("throws")) {
      assertThat(result)
          .isEqualTo(
              expected.get("throws").asText().contains("leading data")
                  ? NaluScan.Result.LEADING_DATA
                  : NaluScan.Result.NO_SLICE);
      return;
    }
    assertThat(result == NaluScan.Result.SLICE)
        .isEqualTo(expected.get("requiresNALUProcessing").asBoolean());
    assertThat(scan.clearBytes()).isEqualTo(expected.get("unencryptedBytes").asInt());
    assertThat(scan.codec())
        .isEqualTo(LiveKitVectors.codecNamed(expected.get("detectedCodec").asText()));
  }
}
