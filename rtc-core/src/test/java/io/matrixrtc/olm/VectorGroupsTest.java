package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.cases.VectorFile;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The vector files that come with the project exercise every group that their tests know. */
class VectorGroupsTest {
  @BeforeEach
  void onlyTheFilesOfTheProject() {
    Assumptions.assumeTrue(System.getProperty("vectors.dir", "").isEmpty(), "other files in use");
  }

  private static Set<String> collect(String file, BiConsumer<JsonNode, Set<String>> collector) {
    Set<String> found = new TreeSet<>();
    for (JsonNode vector : VectorFile.read(file).orElseThrow().get("cases")) {
      collector.accept(vector, found);
    }
    return found;
  }

  private static void error(JsonNode expecting, Set<String> into) {
    JsonNode error = expecting.at("/expect/error");
    if (error.isTextual()) {
      into.add(error.textValue());
    }
  }

  @Test
  void olmStepsAndVerdicts() {
    assertThat(
            collect(
                "olm.json",
                (vector, found) ->
                    vector.get("steps").forEach(step -> found.add(step.get("op").textValue()))))
        .containsExactlyInAnyOrder(
            "outbound", "inbound", "encrypt", "encrypt_discard", "decrypt", "rotate_fallback");
    assertThat(
            collect(
                "olm.json",
                (vector, found) -> vector.get("steps").forEach(step -> error(step, found))))
        .containsExactlyInAnyOrder(
            "bad_key",
            "bad_mac",
            "bad_padding",
            "bad_version",
            "gap_too_big",
            "identity_key_mismatch",
            "malformed",
            "missing_message_key",
            "non_contributory",
            "unknown_one_time_key");
    assertThat(
            collect(
                "olm.json", (vector, found) -> found.add(vector.get("session_config").asText())))
        .containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void megolmMembersAndVerdicts() {
    assertThat(
            collect(
                "megolm.json", (vector, found) -> vector.fieldNames().forEachRemaining(found::add)))
        .contains(
            "session_key",
            "session_key_export",
            "messages",
            "attempts",
            "exports",
            "first_export",
            "key_attempts",
            "sessions",
            "relations");
    assertThat(
            collect(
                "megolm.json",
                (vector, found) -> {
                  vector.path("attempts").forEach(attempt -> error(attempt, found));
                  vector.path("key_attempts").forEach(attempt -> error(attempt, found));
                }))
        .containsExactlyInAnyOrder(
            "bad_key", "bad_padding", "bad_signature", "bad_version", "too_short", "unknown_index");
  }

  @Test
  void textsAndSingleOperations() {
    assertThat(
            collect("base64.json", (vector, found) -> found.add(vector.get("format").textValue())))
        .containsExactlyInAnyOrder("curve25519_key", "ed25519_signature", "megolm_session_key");
    assertThat(collect("ed25519.json", VectorGroupsTest::error))
        .containsExactlyInAnyOrder("bad_signature", "bad_signature_encoding");
    assertThat(collect("x25519.json", VectorGroupsTest::error)).containsExactly("non_contributory");
    assertThat(collect("canonical-json.json", VectorGroupsTest::error))
        .containsExactlyInAnyOrder(
            "integer_out_of_range",
            "lone_surrogate",
            "malformed_json",
            "negative_zero",
            "not_an_integer");
    assertThat(collect("signatures.json", VectorGroupsTest::error))
        .containsExactlyInAnyOrder(
            "bad_key",
            "bad_signature",
            "bad_signature_encoding",
            "signature_missing",
            "signing_key_changed");
  }
}
