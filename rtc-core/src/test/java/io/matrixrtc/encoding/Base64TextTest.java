package io.matrixrtc.encoding;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.matrixrtc.cases.Cases;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base64TextTest {
  @Test
  void writesWithoutPadding_B64_WRITE() {
    assertThat(Base64Text.encode(new byte[] {(byte) 0xFB, (byte) 0xFF})).isEqualTo("+/8");
    assertThat(Base64Text.encodePadded(new byte[] {(byte) 0xFB, (byte) 0xFF})).isEqualTo("+/8=");
    assertThat(Base64Text.encode(new byte[0])).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'',''", "YQ,a", "YQ==,a", "YWI,ab", "YWI=,ab", "YWJj,abc"})
  void readsWithAndWithoutPadding_B64_READ(String text, String ascii) throws Exception {
    assertThat(Base64Text.decode(text)).isEqualTo(ascii.getBytes(US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Y",
        "YQ=",
        "YQ===",
        "YR",
        "YR==",
        "YWI==",
        "YWJ",
        "YWK=",
        "YWJj=",
        "YWJj==",
        "YWJj====",
        "=",
        "==",
        "====",
        "YQ==YQ==",
        " YQ",
        "Y Q",
        "YQ\n",
        "Y-",
        "__8",
        "YQé",
        "é",
        "\uD83D\uDE00"
      })
  void refusesEverythingElse_B64_READ(String text) {
    assertThatExceptionOfType(MalformedBase64Exception.class)
        .isThrownBy(() -> Base64Text.decode(text))
        .withMessageNotContaining("YQ");
  }

  @Test
  void refusesPaddingWhereNoneMayBe_B64_NOPAD() throws Exception {
    assertThat(Base64Text.decodeUnpadded("YQ")).isEqualTo(new byte[] {'a'});
    assertThatExceptionOfType(MalformedBase64Exception.class)
        .isThrownBy(() -> Base64Text.decodeUnpadded("YQ=="));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-_8", "-_8=", "+/8", "+/8=", "-/8"})
  void readsBothAlphabetsWhereSendersDisagree_B64_ANY(String text) throws Exception {
    assertThat(Base64Text.decodeAnyAlphabet(text)).isEqualTo(new byte[] {(byte) 0xFB, (byte) 0xFF});
  }

  @Test
  void whatIsReadIsWhatWouldBeWritten_B64_READ() {
    Cases.run(
        "base64",
        2_000,
        50_000,
        (seed, random) -> {
          byte[] bytes = Cases.bytes(random, 100);
          String text = Base64Text.encode(bytes);
          assertThat(text).isEqualTo(Base64.getEncoder().withoutPadding().encodeToString(bytes));
          assertThat(Base64Text.decode(text)).isEqualTo(bytes);
          assertThat(Base64Text.decode(Base64Text.encodePadded(bytes))).isEqualTo(bytes);
          StringBuilder altered = new StringBuilder(text).append('A');
          int at = random.nextInt(altered.length());
          altered.setCharAt(at, (char) random.nextInt(0x180));
          try {
            byte[] read = Base64Text.decode(altered.toString());
            assertThat(Base64Text.encode(read)).isEqualTo(altered.toString().replace("=", ""));
          } catch (MalformedBase64Exception e) {
            assertThat(e).hasMessageStartingWith("base64: ");
          }
        });
  }
}
