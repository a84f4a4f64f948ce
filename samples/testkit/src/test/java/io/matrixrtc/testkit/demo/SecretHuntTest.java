package io.matrixrtc.testkit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretHuntTest {
  private static final byte[] KEY = HexFormat.of().parseHex("fbefbe0001020304fffefdfcfbfaf9f8");
  private static final byte[] PLANTED = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
  private static final byte[] CONTROL = ascii("planted: " + base64(PLANTED));

  private final SecretHunt hunt = new SecretHunt(List.of(base64(KEY)), base64(PLANTED));

  @Test
  void aKeyIsFoundHoweverItIsWritten_HUNT_CONTROL() {
    List<byte[]> places =
        List.of(
            KEY,
            ascii(HexFormat.of().formatHex(KEY)),
            ascii(base64(KEY)),
            ascii(Base64.getEncoder().withoutPadding().encodeToString(KEY)),
            ascii(Base64.getUrlEncoder().encodeToString(KEY)),
            ascii(base64(KEY).replace("/", "\\/").replace("+", "\\u002b")));
    for (int i = 0; i < places.size(); i++) {
      Check check = hunt.in("search", "a place", List.of(CONTROL, places.get(i)));
      assertThat(check.verdict()).isEqualTo(Check.Verdict.FAILED);
      assertThat(hunt.found()).isEqualTo(i + 1);
    }
  }

  @Test
  void withoutAKeyThePlantedOneAloneIsFound_HUNT_CONTROL() {
    Check check = hunt.in("search", "a place", List.of(CONTROL, ascii("nothing")));
    assertThat(check.verdict()).isEqualTo(Check.Verdict.OK);
    assertThat(hunt.found()).isZero();
  }

  @Test
  void aPlaceWithoutThePlantedKeyWasNotSearched_HUNT_CONTROL() {
    assertThat(hunt.in("search", "a place", List.of(ascii("nothing"))).failed()).isTrue();
    assertThat(hunt.in("search", "a place", List.of()).failed()).isTrue();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
