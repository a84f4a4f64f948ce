package io.matrixrtc.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.matrixrtc.cases.Cases;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
          for (String slash : List.of("/", "\\/", "\\u002f", "\\u002F")) {
            for (String plus : List.of("+", "\\u002b", "\\u002B")) {
              String text = Base64.getEncoder().withoutPadding().encodeToString(raw);
              assertFound(search, ascii(text.replace("/", slash).replace("+", plus)));
            }
          }
          assertFound(search, Base64.getUrlEncoder().encode(raw));
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
  void bytesAreFoundInJsonAsWritersEscapeThem_SEARCH_FORMS() throws Exception {
    JsonMapper plain = JsonMapper.builder().build();
    JsonMapper asciiOnly =
        JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature()).build();
    Cases.run(
        "secrets in JSON",
        200,
        5_000,
        (seed, random) -> {
          byte[] secret = new byte[16];
          random.nextBytes(secret);
          SecretSearch search = SecretSearch.of(SecretSearch.encodingsOf("key", secret));
          String latin = new String(secret, StandardCharsets.ISO_8859_1);
          assertFound(search, plain.writeValueAsBytes(Map.of("key", "a" + latin + "b")));
          assertFound(search, asciiOnly.writeValueAsBytes(Map.of("key", "a" + latin + "b")));
          StringBuilder all = new StringBuilder();
          for (byte each : secret) {
            all.append(String.format("\\u%04x", Byte.toUnsignedInt(each)));
          }
          assertFound(search, ascii(all.toString()));
          secret[random.nextInt(16)] ^= 1;
          String other = new String(secret, StandardCharsets.ISO_8859_1);
          assertThat(search.find(plain.writeValueAsBytes(Map.of("key", other)))).isEmpty();
          assertThat(search.find(asciiOnly.writeValueAsBytes(Map.of("key", other)))).isEmpty();
        });
  }

  @Test
  void everyByteHasItsJsonForms_SEARCH_FORMS() throws Exception {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    String wanted = new String(all, StandardCharsets.ISO_8859_1);
    JsonMapper mapper = JsonMapper.builder().build();
    assertThat(JsonForms.ofBytes(all)).hasSize(10);
    for (String form : JsonForms.ofBytes(all)) {
      assertThat(mapper.readValue("\"" + form + "\"", String.class)).isEqualTo(wanted);
    }
    for (String form : JsonForms.ofBase64("ab/+//+c")) {
      assertThat(mapper.readValue("\"" + form + "\"", String.class)).isEqualTo("ab/+//+c");
    }
    assertThat(JsonForms.ofBase64("ab/+//+c")).hasSize(11).doesNotContain("ab/+//+c");
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
