package io.matrixrtc.backup.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.matrixrtc.backup.recovery.RecoveryKeyException.Reason;
import io.matrixrtc.cases.Cases;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryKeyTest {
  private static final String TEXT = RecoveryKey.encode(new byte[32]);

  @Test
  void recFormIsTwelveGroupsOfFour() {
    assertThat(TEXT).isEqualTo("EsSz ygLv VP1b xF1C v7kE eBQx MxDP buG5 w25T L3b6 hfyG Kkrd");
    assertThatIllegalArgumentException().isThrownBy(() -> RecoveryKey.encode(new byte[31]));
    assertThatIllegalArgumentException().isThrownBy(() -> RecoveryKey.encode(new byte[33]));
  }

  @Test
  void everyKeyComesBack() {
    Cases.run(
        "recovery key round trip",
        300,
        20_000,
        (seed, random) -> {
          byte[] key = new byte[32];
          random.nextBytes(key);
          Arrays.fill(key, 0, random.nextInt(4), (byte) 0);
          String text = RecoveryKey.encode(key);
          assertThat(text).hasSize(59).startsWith("Es");
          assertThat(RecoveryKey.decode(text)).isEqualTo(key);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u202f", "\u0085", "\ufeff"})
  void recSpaceOfAnyKindDoesNotMatter_C47(String space) throws Exception {
    assertThat(RecoveryKey.decode(space + TEXT.replace(" ", space) + space))
        .isEqualTo(new byte[32]);
  }

  @Test
  void recCheckNamesTheFirstThatFailed_C47() {
    assertReason(Reason.ALPHABET, TEXT + "0");
    assertReason(Reason.ALPHABET, TEXT.replace(' ', '-'));
    assertReason(Reason.LENGTH, "");
    assertReason(Reason.LENGTH, TEXT.substring(0, 54));
    assertReason(Reason.LENGTH, TEXT + "1");
    assertReason(Reason.LENGTH, "1" + TEXT);
    assertReason(Reason.LENGTH, "z".repeat(100_000));
    assertReason(Reason.LENGTH, "z".repeat(48)); // 36 bytes
    assertReason(Reason.PARITY, TEXT.substring(0, 58) + (TEXT.endsWith("d") ? "e" : "d"));
  }

  @Test
  void aMistypedCharacterNeverGivesTheSameKey() {
    Cases.run(
        "recovery key typing mistake",
        300,
        20_000,
        (seed, random) -> {
          StringBuilder typed = new StringBuilder(TEXT.replace(" ", ""));
          int at = random.nextInt(typed.length());
          char wrong = "123456789ABCDEFGH".charAt(random.nextInt(17));
          boolean same = typed.charAt(at) == wrong;
          typed.setCharAt(at, wrong);
          if (same) {
            assertThat(RecoveryKey.decode(typed.toString())).isEqualTo(new byte[32]);
          } else {
            assertThat(decodedOrNothing(typed.toString())).isNotEqualTo(new byte[32]);
          }
        });
  }

  @Test
  void anyTextIsKeyOrReason() {
    Cases.run(
        "recovery key garbage",
        500,
        50_000,
        (seed, random) -> {
          String text =
              new String(Cases.bytes(random, 80), java.nio.charset.StandardCharsets.UTF_8);
          try {
            assertThat(RecoveryKey.decode(text)).hasSize(32);
          } catch (RecoveryKeyException e) {
            assertThat(e.reason()).isNotNull();
            assertThat(e.getMessage()).isEqualTo("recovery key: " + e.reason());
          }
        });
  }

  private static byte[] decodedOrNothing(String typed) {
    try {
      return RecoveryKey.decode(typed); // one mistake in 256 has the right parity
    } catch (RecoveryKeyException e) {
      return new byte[0];
    }
  }

  private static void assertReason(Reason reason, String typed) {
    assertThatExceptionOfType(RecoveryKeyException.class)
        .isThrownBy(() -> RecoveryKey.decode(typed))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
