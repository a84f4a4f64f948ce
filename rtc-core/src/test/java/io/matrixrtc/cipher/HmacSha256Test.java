package io.matrixrtc.cipher;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import javax.crypto.Mac;
import org.junit.jupiter.api.Test;

/** The first cases of RFC 4231, and that one use leaves nothing for the next. */
class HmacSha256Test {
  private static final byte[] KEY = "Jefe".getBytes(US_ASCII);
  private static final String MAC =
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] text(String text) {
    return text.getBytes(US_ASCII);
  }

  @Test
  void rfc4231() {
    byte[] key = HexFormat.of().parseHex("0b".repeat(20));
    assertThat(hex(HmacSha256.of(key, text("Hi There"))))
        .isEqualTo("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assertThat(hex(HmacSha256.of(KEY, text("what do ya want for nothing?")))).isEqualTo(MAC);
  }

  @Test
  void partsAndPiecesAreOneText() {
    assertThat(hex(HmacSha256.of(KEY, text("what do ya want "), text("for nothing?"))))
        .isEqualTo(MAC);
    Mac pieces = HmacSha256.keyed(KEY);
    pieces.update(text("what do ya want "));
    HmacSha256.of(KEY, text("in between"));
    assertThat(hex(pieces.doFinal(text("for nothing?")))).isEqualTo(MAC);
  }

  @Test
  void oneByteIsATextOfOne() {
    assertThat(HmacSha256.of(KEY, 1)).isEqualTo(HmacSha256.of(KEY, new byte[] {1}));
    assertThat(HmacSha256.of(KEY)).isNotEqualTo(HmacSha256.of(KEY, 0));
  }

  @Test
  void whatWasTakenIsGivenBackWithoutKeyAndText() {
    Mac taken = HmacSha256.take(KEY);
    taken.update((byte) 1);
    HmacSha256.giveBack(taken);
    assertThat(taken.doFinal()).isEqualTo(HmacSha256.of(new byte[HmacSha256.BYTES]));
  }
}
