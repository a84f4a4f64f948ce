package io.matrixrtc.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.BadPaddingException;
import org.junit.jupiter.api.Test;

/** NIST SP 800-38A, F.2.5, with padding behind. */
class AesCbcTest {
  private static final byte[] KEYS =
      HexFormat.of()
          .parseHex(
              "ff000102030405060708090a0b0c0d0e0fff"
                  + "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
  private static final int IV_AT = 1;
  private static final int KEY_AT = 18;
  private static final byte[] TEXT = HexFormat.of().parseHex("6bc1bee22e409f96e93d7e117393172a");

  @Test
  void sp800_38a() throws Exception {
    byte[] ciphertext = AesCbc.encrypt(KEYS, KEY_AT, IV_AT, TEXT);
    assertThat(ciphertext).hasSize(2 * AesCbc.BLOCK_BYTES);
    assertThat(HexFormat.of().formatHex(ciphertext)).startsWith("f58c4c04d6e5f1ba779eabfb5f7bfbd6");
    assertThat(AesCbc.decrypt(KEYS, KEY_AT, IV_AT, ciphertext)).isEqualTo(TEXT);
  }

  @Test
  void textsOfAnyLengthComeBack() throws Exception {
    for (int length = 0; length < 40; length++) {
      byte[] text = Arrays.copyOf(KEYS, length);
      byte[] ciphertext = AesCbc.encrypt(KEYS, KEY_AT, IV_AT, text);
      assertThat(AesCbc.decrypt(KEYS, KEY_AT, IV_AT, ciphertext)).isEqualTo(text);
    }
  }

  @Test
  void whatIsNoBlocksOrBadlyPaddedIsRefusedAndTheNextIsNot() throws Exception {
    byte[] ciphertext = AesCbc.encrypt(KEYS, KEY_AT, IV_AT, TEXT);
    for (int length : new int[] {0, 1, 15, 17, 31}) {
      refuse(Arrays.copyOf(ciphertext, length));
    }
    refuse(Arrays.copyOf(ciphertext, AesCbc.BLOCK_BYTES)); // without the block of padding
    assertThat(AesCbc.decrypt(KEYS, KEY_AT, IV_AT, ciphertext)).isEqualTo(TEXT);
  }

  private static void refuse(byte[] ciphertext) {
    assertThatExceptionOfType(BadPaddingException.class)
        .isThrownBy(() -> AesCbc.decrypt(KEYS, KEY_AT, IV_AT, ciphertext));
  }
}
