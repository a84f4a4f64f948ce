package io.matrixrtc.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.encoding.CanonicalJsonException;
import io.matrixrtc.json.MalformedJsonException.Reason;
import io.matrixrtc.olm.Vectors;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** JSON texts and their canonical bytes, or why they have none. */
class CanonicalJsonVectorsTest {
  @TestFactory
  Stream<DynamicTest> canonicalBytes() {
    return Vectors.of("canonical-json.json", "canonical-json", CanonicalJsonVectorsTest::check);
  }

  private static void check(JsonNode vector) throws Exception {
    String input = vector.get("input").textValue();
    if (vector.has("canonical_hex")) {
      byte[] canonical = CanonicalJson.of(Json.parse(input));
      assertThat(HexFormat.of().formatHex(canonical))
          .isEqualTo(vector.get("canonical_hex").textValue());
      assertThat(CanonicalJson.of(Json.parse(canonical))).isEqualTo(canonical);
      return;
    }
    JsonNode expect = vector.get("expect");
    assertThat(expect.get("result").textValue()).isEqualTo("error");
    String error = expect.get("error").textValue();
    Exception refusal =
        catchThrowableOfType(Exception.class, () -> CanonicalJson.of(Json.parse(input)));
    assertThat(name(refusal)).isEqualTo(error);
  }

  /** Our refusal in the words of the vector files. */
  private static String name(Exception refusal) {
    if (refusal instanceof CanonicalJsonException e) {
      return e.reason().name().toLowerCase(Locale.ROOT);
    }
    assertThat(refusal).isInstanceOf(MalformedJsonException.class);
    return ((MalformedJsonException) refusal).reason() == Reason.LONE_SURROGATE
        ? "lone_surrogate"
        : "malformed_json";
  }
}
