package io.matrixrtc.testkit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class RedactedJsonTest {
  @Test
  void secretsAreFingerprintsAndTheRestIsAsItWas_TRACE_SECRET() throws Exception {
    byte[] key = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    String base64 = Base64.getEncoder().encodeToString(key);
    JsonNode message =
        RedactedJson.parse(
                "{\"keys\":{\"index\":3,\"key\":\""
                    + base64
                    + "\"},\"access_token\":\"tkn\",\"secret\":{\"deep\":[\"s3cr3t\",7,null]},"
                    + "\"room_id\":\"!a:b\"}")
            .orElseThrow();
    String text = RedactedJson.text(message);
    assertThat(text)
        .contains("\"<key " + KeyFingerprint.of(key) + ">\"", "!a:b", "\"index\" : 3", "null")
        .doesNotContain(base64, "tkn", "s3cr3t", " 7");
    assertThat(message.at("/keys/key").asText()).as("the original").isEqualTo(base64);
    assertThat(RedactedJson.parse("{")).isEmpty();
  }

  @Test
  void longTextsAreCutAtTheBound() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("a", "x".repeat(RedactedJson.MAX_TEXT_CHARS));
    assertThat(RedactedJson.text(node)).doesNotContain("…");
    node.put("a", "x".repeat(RedactedJson.MAX_TEXT_CHARS + 1));
    assertThat(RedactedJson.text(node)).contains("… (601 characters)");
    for (int i = 0; i < 40; i++) {
      node.put("b" + i, "x".repeat(RedactedJson.MAX_TEXT_CHARS));
    }
    assertThat(RedactedJson.text(node)).hasSize(RedactedJson.MAX_CHARS + 2).endsWith(" …");
  }
}
