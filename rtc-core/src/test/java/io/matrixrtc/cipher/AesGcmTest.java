package io.matrixrtc.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;

/** Case 15 of the GCM specification, and headers. */
class AesGcmTest {
  private static final byte[] KEY = bytes("feffe9928665731c6d6a8f9467308308".repeat(2));
  private static final byte[] IV = bytes("cafebabefacedbaddecaf888");
  private static final AesGcm.Layout NO_HEADER = new AesGcm.Layout(0, 0);
  private static final AesGcm.Layout HEADER = new AesGcm.Layout(2, 5);

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] seal(byte[] text, AesGcm.Layout layout, byte[] front) {
    byte[] out = Arrays.copyOf(front, layout.contentAt() + text.length + AesGcm.TAG_BYTES);
    AesGcm.encrypt(KEY, IV, 0, text, out, layout);
    return out;
  }

  @Test
  void gcmSpecification() throws Exception {
    byte[] text =
        bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255");
    byte[] sealed = seal(text, NO_HEADER, new byte[0]);
    assertThat(sealed)
        .isEqualTo(
            bytes(
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                    + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                    + "b094dac5d93471bdec1a502270e3cc6c"));
    assertThat(AesGcm.decrypt(KEY, IV, 0, sealed, NO_HEADER)).isEqualTo(text);
  }

  @Test
  void theHeaderIsAuthenticatedAndWhatIsBetweenIsNot() throws Exception {
    byte[] text = {1, 2, 3};
    byte[] sealed = seal(text, HEADER, new byte[] {9, 8, 7, 6, 5});
    assertThat(Arrays.copyOf(sealed, 5)).containsExactly(9, 8, 7, 6, 5);
    for (int at = 0; at < sealed.length; at++) {
      byte[] altered = sealed.clone();
      altered[at] ^= 1;
      if (at >= HEADER.headerBytes() && at < HEADER.contentAt()) {
        assertThat(AesGcm.decrypt(KEY, IV, 0, altered, HEADER)).as("control").isEqualTo(text);
      } else {
        assertThatExceptionOfType(AEADBadTagException.class)
            .isThrownBy(() -> AesGcm.decrypt(KEY, IV, 0, altered, HEADER));
      }
    }
    assertThat(AesGcm.decrypt(KEY, IV, 0, sealed, HEADER)).isEqualTo(text);
  }

  @Test
  void theIvIsWhereItIsSaidToBeAndAKeyMayBeLongerThanItself() throws Exception {
    byte[] keys = Arrays.copyOf(KEY, KEY.length + 20);
    keys[KEY.length + 8] = 1; // where the IV begins
    byte[] out = new byte[AesGcm.TAG_BYTES + 1];
    AesGcm.encrypt(keys, keys, KEY.length + 8, new byte[1], out, NO_HEADER);
    assertThat(AesGcm.decrypt(keys, keys, KEY.length + 8, out, NO_HEADER)).isEqualTo(new byte[1]);
    assertThatExceptionOfType(AEADBadTagException.class)
        .isThrownBy(() -> AesGcm.decrypt(keys, IV, 0, out, NO_HEADER));
  }
}
