package io.matrixrtc.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.encoding.CanonicalJsonException.Reason;
import io.matrixrtc.encoding.CanonicalJsonWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one byte form of a JSON value. */
class CanonicalJsonTest {
  private static Reason refusal(JsonNode node) {
    return catchThrowableOfType(CanonicalJsonException.class, () -> CanonicalJson.of(node))
        .reason();
  }

  @ParameterizedTest
  @CsvSource({
    "9007199254740991, ok",
    "-9007199254740991, ok",
    "9007199254740992, INTEGER_OUT_OF_RANGE",
    "-9007199254740992, INTEGER_OUT_OF_RANGE",
    "9223372036854775807, INTEGER_OUT_OF_RANGE",
    "-9223372036854775808, INTEGER_OUT_OF_RANGE",
    "18446744073709551617, INTEGER_OUT_OF_RANGE",
    "1.0, NOT_AN_INTEGER",
    "1e3, NOT_AN_INTEGER",
    "1e308, NOT_AN_INTEGER",
    "-0.0, NOT_AN_INTEGER",
    "-0, NEGATIVE_ZERO",
    "0, ok"
  })
  void numbersAreIntegersOf53Bits_CJSON_RANGE(String number, String verdict) throws Exception {
    JsonNode node = Json.parse(number);
    if (verdict.equals("ok")) {
      assertThat(new String(CanonicalJson.of(node), UTF_8)).isEqualTo(number);
    } else {
      assertThat(refusal(node)).isEqualTo(Reason.valueOf(verdict));
    }
  }

  @Test
  void halvesOfSurrogatePairsAreRefused_CJSON_SURR() throws Exception {
    for (String half : new String[] {"\uD800", "\uDC00", "a\uD83D", "\uDE00\uD83D", "\uD800b"}) {
      assertThat(refusal(Json.newObject().put("a", half))).isEqualTo(Reason.LONE_SURROGATE);
      assertThat(refusal(Json.newObject().put(half, 1))).isEqualTo(Reason.LONE_SURROGATE);
    }
    assertThat(new String(CanonicalJson.of(Json.parse("\"\\ud83d\\ude00\"")), UTF_8))
        .isEqualTo("\"\uD83D\uDE00\"");
  }

  @Test
  void nestingIsBounded_CJSON_DEPTH() throws Exception {
    assertThat(CanonicalJson.of(nested(CanonicalJsonWriter.MAX_DEPTH))).hasSize(256);
    assertThat(refusal(nested(CanonicalJsonWriter.MAX_DEPTH + 1))).isEqualTo(Reason.TOO_DEEP);
    assertThat(refusal(nested(5_000))).isEqualTo(Reason.TOO_DEEP);
  }

  private static ArrayNode nested(int depth) {
    ArrayNode node = Json.mapper().createArrayNode();
    for (int i = 1; i < depth; i++) {
      node = Json.mapper().createArrayNode().add(node);
    }
    return node;
  }

  @Test
  void membersAreInTheOrderOfTheirUtf8Bytes_CJSON_ORDER() {
    Cases.run(
        "canonical-order",
        500,
        50_000,
        (seed, random) -> {
          ObjectNode object = Json.newObject();
          for (int i = 0; i < 6; i++) {
            object.put(name(random), i);
          }
          List<byte[]> names = new ArrayList<>();
          Json.parseObject(CanonicalJson.of(object))
              .fieldNames()
              .forEachRemaining(name -> names.add(name.getBytes(UTF_8)));
          assertThat(names).hasSize(object.size()).isSortedAccordingTo(Arrays::compareUnsigned);
        });
  }

  /** Short names of few characters, so that prefixes and surrogate boundaries come up. */
  private static String name(SplittableRandom random) {
    int[] points = {'a', 'b', 0x7F, 0xE9, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF};
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      name.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return name.toString();
  }

  @Test
  void canonicalFormsReadBackAsTheSameTree() {
    Cases.run(
        "canonical-roundtrip",
        300,
        30_000,
        (seed, random) -> {
          JsonNode tree = tree(random, 4);
          byte[] canonical = CanonicalJson.of(tree);
          assertThat(CanonicalJson.of(Json.parse(canonical))).isEqualTo(canonical);
          assertThat(CanonicalJson.of(Json.parse(Json.mapper().writeValueAsBytes(tree))))
              .isEqualTo(canonical);
        });
  }

  private static JsonNode tree(SplittableRandom random, int depth) {
    JsonNodeFactory nodes = Json.mapper().getNodeFactory();
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> nodes.numberNode(random.nextLong(-(1L << 53) + 1, 1L << 53));
      case 1 -> nodes.booleanNode(random.nextBoolean());
      case 2 -> nodes.nullNode();
      case 3, 4 -> nodes.textNode(name(random) + (char) random.nextInt(0x80));
      case 5 -> {
        ArrayNode array = nodes.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(tree(random, depth - 1));
        }
        yield array;
      }
      default -> {
        ObjectNode object = nodes.objectNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          object.set(name(random), tree(random, depth - 1));
        }
        yield object;
      }
    };
  }

  @Test
  void nodesThatAreNoJsonAreCallerBugs() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.of(Json.mapper().getNodeFactory().binaryNode(new byte[1])));
    assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJsonWriter.write(new Object()));
  }
}
