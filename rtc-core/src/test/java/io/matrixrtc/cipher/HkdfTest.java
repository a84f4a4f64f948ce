package io.matrixrtc.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** RFC 5869, appendix A. */
class HkdfTest {
  private static final byte[] SECRET = bytes("0b".repeat(22));
  private static final byte[] SALT = bytes("000102030405060708090a0b0c");
  private static final byte[] INFO = bytes("f0f1f2f3f4f5f6f7f8f9");

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void rfc5869() {
    assertThat(Hkdf.derive(SALT, SECRET, INFO, 42))
        .isEqualTo(
            bytes(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
    assertThat(Hkdf.derive(SECRET, new byte[0], 42))
        .isEqualTo(
            bytes(
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
  }

  @Test
  void aShorterOutputIsTheBeginningOfALongerOne() {
    byte[] longest = Hkdf.derive(SALT, SECRET, INFO, 255 * 32);
    for (int length : new int[] {1, 31, 32, 33, 64, 65}) {
      assertThat(Hkdf.derive(SALT, SECRET, INFO, length)).isEqualTo(Arrays.copyOf(longest, length));
    }
  }
}
