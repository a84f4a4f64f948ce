package io.matrixrtc.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.matrixrtc.json.MalformedJsonException.Reason;
import java.io.Reader;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading JSON from outside: strict, exact and bounded. */
class JsonTest {
  private static Reason refusal(String text) {
    return catchThrowableOfType(MalformedJsonException.class, () -> Json.parse(text)).reason();
  }

  private static Reason refusal(byte[] bytes) {
    return catchThrowableOfType(MalformedJsonException.class, () -> Json.parse(bytes)).reason();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{}{}",
        "{} x",
        "{\"a\":1,}",
        "[1,]",
        "{'a':1}",
        "{a:1}",
        "01",
        "+1",
        ".5",
        "1.",
        "NaN",
        "Infinity",
        "/**/1",
        "#\n1",
        "\"\n\"",
        "\"\\x\"",
        "tru",
        "\uFEFF{}"
      })
  void refusesWhatIsNotOneValue(String text) {
    assertThat(refusal(text)).isEqualTo(Reason.SYNTAX);
  }

  @Test
  void refusesBytesThatAreNotUtf8_JSON_UTF8() throws Exception {
    assertThat(Json.parse("\"é😀\"".getBytes(UTF_8)).textValue()).isEqualTo("é😀");
    byte[][] bad = {
      {'"', (byte) 0xC3, '"'},
      {'"', (byte) 0xFF, '"'},
      {'"', (byte) 0xC0, (byte) 0xAF, '"'}, // over-long
      {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'}, // half a surrogate pair
      "{}".getBytes(java.nio.charset.StandardCharsets.UTF_16)
    };
    for (byte[] bytes : bad) {
      assertThat(refusal(bytes)).isEqualTo(Reason.NOT_UTF8);
    }
    byte[] marked = "\uFEFF{}".getBytes(UTF_8);
    assertThat(refusal(marked)).isEqualTo(Reason.SYNTAX);
  }

  @Test
  void keepsIntegersExact() throws Exception {
    JsonNode node =
        Json.parse("[2147483648, 9007199254740993, 123456789012345678901234567890, 0, -0, -0.0]");
    assertThat(node.get(0).longValue()).isEqualTo(2147483648L);
    assertThat(node.get(1).longValue()).isEqualTo(9007199254740993L);
    assertThat(node.get(2).bigIntegerValue())
        .isEqualTo(new BigInteger("123456789012345678901234567890"));
    assertThat(node.get(3).isInt()).isTrue();
    assertThat(node.get(4)).isSameAs(NegativeZeroNode.INSTANCE);
    assertThat(node.get(5).isDouble()).isTrue();
    assertThat(Json.mapper().readTree("[-0]").get(0)).isEqualTo(node.get(4));
    assertThat(node.get(4)).isNotEqualTo(node.get(3)).isNotEqualTo(node.get(5));
    assertThat(node.get(4).intValue()).isZero();
    assertThat(node.toString()).endsWith(",0,-0,-0.0]");
    assertThat(Json.parse(Json.mapper().writeValueAsString(node))).isEqualTo(node);
  }

  @Test
  void theLastOfEqualNamesCounts_JSON_DUP() throws Exception {
    assertThat(Json.parseObject("{\"a\":1,\"b\":2,\"a\":3}").get("a").intValue()).isEqualTo(3);
  }

  @Test
  void wantsAnObjectWhereOneIsAskedFor() throws Exception {
    assertThat(Json.parseObject("{}".getBytes(UTF_8))).isEmpty();
    for (String other : new String[] {"[]", "null", "1", "\"a\""}) {
      assertThat(
              catchThrowableOfType(MalformedJsonException.class, () -> Json.parseObject(other))
                  .reason())
          .isEqualTo(Reason.NOT_AN_OBJECT);
    }
    assertThat(Json.parse("null").isNull()).isTrue();
  }

  @Test
  void holdsItsLimits_JSON_LIMIT() throws Exception {
    assertThat(Json.parse(nested(Json.MAX_DEPTH)).isArray()).isTrue();
    assertThat(refusal(nested(Json.MAX_DEPTH + 1))).isEqualTo(Reason.LIMIT);
    assertThat(refusal("[".repeat(100_000))).isEqualTo(Reason.LIMIT);
    assertThat(Json.parse("1".repeat(Json.MAX_NUMBER_LENGTH)).isBigInteger()).isTrue();
    assertThat(refusal("1".repeat(Json.MAX_NUMBER_LENGTH + 1))).isEqualTo(Reason.LIMIT);
    assertThat(Json.parse("-1.7976931348623157e308").doubleValue()).isEqualTo(-Double.MAX_VALUE);
    assertThat(refusal("1.7976931348623159e308")).isEqualTo(Reason.LIMIT);
    assertThat(refusal("[-1e400]")).isEqualTo(Reason.LIMIT);
    assertThat(Json.parse("{\"" + "n".repeat(Json.MAX_NAME_LENGTH) + "\":1}")).hasSize(1);
    assertThat(refusal("{\"" + "n".repeat(2 * Json.MAX_NAME_LENGTH) + "\":1}"))
        .isEqualTo(Reason.LIMIT);
    assertThat(Json.parse('"' + "t".repeat(Json.MAX_TEXT_LENGTH) + '"').isTextual()).isTrue();
    assertThat(refusal('"' + "t".repeat(Json.MAX_TEXT_LENGTH + 1) + '"')).isEqualTo(Reason.LIMIT);
  }

  /** Out of a reader, so that nobody holds the document, by the mappers that read all texts. */
  @Test
  void theWholeDocumentIsBounded_JSON_LIMIT() throws Exception {
    for (ObjectMapper mapper : List.of(Json.mapper(), Json.ANSWER_MAPPER)) {
      JsonNode longest = mapper.readTree(new Padded(Json.MAX_DOCUMENT_LENGTH));
      assertThat(longest.intValue()).isEqualTo(7);
      Padded longer = new Padded(Json.MAX_DOCUMENT_LENGTH + 1);
      assertThat(
              catchThrowableOfType(StreamConstraintsException.class, () -> mapper.readTree(longer)))
          .hasMessageContaining("Document length")
          .hasMessageContaining(Long.toString(Json.MAX_DOCUMENT_LENGTH));
    }
  }

  /** White space, and a number at the end. */
  private static final class Padded extends Reader {
    private long rest;

    Padded(long length) {
      this.rest = length;
    }

    @Override
    public int read(char[] into, int from, int length) {
      if (rest == 0) {
        return -1;
      }
      int given = (int) Math.min(rest, length);
      Arrays.fill(into, from, from + given, ' ');
      rest -= given;
      if (rest == 0) {
        into[from + given - 1] = '7';
      }
      return given;
    }

    @Override
    public void close() {}
  }

  @Test
  void anAnswerKeepsWhatOthersWrote_JSON_ANSWER() throws Exception {
    String number = "1".repeat(Json.MAX_NUMBER_LENGTH);
    for (String[] edge :
        new String[][] {
          {nested(Json.MAX_DEPTH), nested(Json.MAX_DEPTH + 1)},
          {nested(Json.MAX_DEPTH), nested(2 * Json.MAX_DEPTH + 1)},
          {nested(Json.MAX_DEPTH), nested(30_000)},
          {number, number + "1"},
          {"1000000000e299", "1000000000e300"},
          {
            "{\"" + "n".repeat(Json.MAX_NAME_LENGTH) + "\":1}",
            "{\"" + "n".repeat(Json.MAX_NAME_LENGTH + 1) + "\":1}"
          },
          {"{\"\\ud83d\\uDE00\":1}", "{\"\\ud83d\":1}"},
          {"{\"\\\\ud83d\":1}", "{\"\\uDE00\\ud83d\":1}"},
        }) {
      JsonNode answer = Json.parseAnswer("[" + edge[0] + "," + edge[1] + ",2]");
      assertThat(Json.isWithinLimits(answer.get(0))).isTrue();
      assertThat(answer.get(0)).isEqualTo(Json.parse(edge[0]));
      assertThat(Json.isWithinLimits(answer.get(1))).as(edge[1].substring(0, 9)).isFalse();
      assertThat(answer.get(2).intValue()).isEqualTo(2);
    }
    assertThat(Json.parseAnswer("[\"\\ud83d\"]").get(0).textValue()).isEqualTo("\ud83d");
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  @Test
  void messagesDoNotRepeatTheText() {
    assertThat(
            catchThrowableOfType(
                MalformedJsonException.class, () -> Json.parse("{\"key\": secretsecret}")))
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }
}
