package io.matrixrtc.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.cases.Cases;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SecretSearchTest {
  @Test
  void aSecretIsFoundInEveryEncodingAndAtEveryAlignment_SEARCH_FORMS() {
    Cases.run(
        "secret search",
        300,
        5_000,
        (seed, random) -> {
          byte[] secret = new byte[8 + random.nextInt(57)];
          random.nextBytes(secret);
          byte[] before = Cases.bytes(random, 30);
          byte[] after = Cases.bytes(random, 30);
          byte[] raw = concat(before, secret, after);
          SecretSearch search = SecretSearch.of(SecretSearch.encodingsOf("key", secret));
          assertFound(search, raw);
          assertFound(search, Base64.getEncoder().encode(raw));
          assertFound(search, ascii(Base64.getEncoder().encodeToString(raw).replace("/", "\\/")));
          assertFound(search, Base64.getUrlEncoder().withoutPadding().encode(raw));
          assertFound(search, ascii(HexFormat.of().formatHex(raw)));
          assertFound(search, ascii(HexFormat.of().withUpperCase().formatHex(raw)));
          assertFound(search, ascii(Arrays.toString(secret).replace(" ", "")));
          assertFound(search, ascii(unsigned(secret)));
          assertThat(search.find(concat(before, after))).isEmpty();
          byte[] other = secret.clone();
          // Not in the last byte: base64 shares its last character with what follows.
          other[random.nextInt(other.length - 1)] ^= 1;
          assertThat(search.find(other)).isEmpty();
          assertThat(search.find(Base64.getEncoder().encode(other))).isEmpty();
        });
  }

  @Test
  void matchesSayWhatAndWhere() {
    byte[] secret = new byte[16];
    new SplittableRandom(1).nextBytes(secret);
    SecretSearch search = SecretSearch.of(SecretSearch.encodingsOf("alice 7", secret));
    List<SecretSearch.Match> matches = search.find(concat(new byte[5], secret, secret));
    assertThat(matches).extracting(SecretSearch.Match::offset).containsExactly(5, 21);
    assertThat(matches.get(0).needle().label()).isEqualTo("alice 7");
    assertThat(matches.get(0).needle().encoding()).isEqualTo("bytes");
    assertThat(matches.toString()).doesNotContain(HexFormat.of().formatHex(secret));
  }

  @Test
  void shortSecretsAreRefused() {
    assertThatThrownBy(() -> SecretSearch.encodingsOf("x", new byte[7]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SecretSearch.encodingsOf("x", new byte[8])).isNotEmpty();
    assertThatThrownBy(() -> SecretSearch.of(List.of(SecretSearch.Needle.of("x", new byte[3]))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SecretSearch.of(List.of(SecretSearch.Needle.of("x", new byte[4]))).find(new byte[4]))
        .hasSize(1);
  }

  private static void assertFound(SecretSearch search, byte[] haystack) {
    assertThat(search.find(haystack)).isNotEmpty();
  }

  private static String unsigned(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(text.isEmpty() ? "" : ", ").append(Byte.toUnsignedInt(b));
    }
    return text.toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] concat(byte[]... parts) {
    byte[] all = new byte[0];
    for (byte[] part : parts) {
      int length = all.length;
      all = Arrays.copyOf(all, length + part.length);
      System.arraycopy(part, 0, all, length, part.length);
    }
    return all;
  }
}
