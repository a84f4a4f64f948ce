package io.matrixrtc.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The word-wise scans against byte-wise ones. */
class RbspTest {

  @Test
  void scansAgreeWithByteWiseOnes() {
    Cases.run(
        "rbspScans",
        5_000,
        200_000,
        (seed, random) -> {
          byte[] bytes = bytes(random);
          assertThat(ZeroPairs.find(bytes, 0, bytes.length)).isEqualTo(pair(bytes));
          byte[] escaped = NaluVectorsTest.escape(bytes);
          assertThat(escaped).isEqualTo(escapedByteWise(bytes));
          assertThat(NaluVectorsTest.unescape(escaped)).isEqualTo(bytes);
          assertThat(StartCodes.find(escaped, 0, Math.max(0, escaped.length - 2)))
              .as("no start code is left")
              .isEqualTo(-1);
          assertThat(StartCodes.find(bytes, 0, Math.max(0, bytes.length - 2)))
              .isEqualTo(startCode(bytes));
        });
  }

  /** Zeros from rare to nearly all, in lengths around the scan's blocks. */
  private static byte[] bytes(SplittableRandom random) {
    byte[] bytes = new byte[random.nextInt(100)];
    int zeros = 1 + random.nextInt(16);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] =
          (byte) (random.nextInt(16) < zeros ? 0 : random.nextInt(random.nextBoolean() ? 5 : 256));
    }
    return bytes;
  }

  private static int pair(byte[] bytes) {
    for (int i = 0; i + 1 < bytes.length; i++) {
      if (bytes[i] == 0 && bytes[i + 1] == 0) {
        return i;
      }
    }
    return -1;
  }

  private static int startCode(byte[] bytes) {
    for (int i = 0; i + 2 < bytes.length; i++) {
      if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] escapedByteWise(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int zeros = 0;
    for (byte b : bytes) {
      if (zeros >= 2 && b >= 0 && b <= 3) {
        out.write(3);
        zeros = 0;
      }
      out.write(b);
      zeros = b == 0 ? zeros + 1 : 0;
    }
    return out.toByteArray();
  }

  @Test
  void escapingThatDoesNotFitLeavesTheBytesAsTheyAre() {
    byte[] zeros = new byte[9];
    assertThat(new Rbsp().escape(zeros, 0, 7)).isEqualTo(-1);
    assertThat(zeros).containsOnly(0);
    assertThat(new Rbsp().escape(new byte[10], 0, 7)).isEqualTo(10);
  }
}
