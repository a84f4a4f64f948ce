package io.matrixrtc.testkit.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.agent.ParticipantSpec;

/**
 * The lines between a script and a participant's process. To the process: first {@code {"spec":…}},
 * then {@code {"id":n,"request":…}}. From it: {@code {"id":n,"answer":…}} and {@code
 * {"trace":"…"}}.
 */
final class PipeJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private PipeJson() {}

  static String spec(ParticipantSpec spec) {
    return object().<ObjectNode>set("spec", MAPPER.valueToTree(spec)).toString();
  }

  static String request(long id, ParticipantRequest request) {
    return object().put("id", id).<ObjectNode>set("request", tree(request)).toString();
  }

  static String answer(long id, ParticipantAnswer answer) {
    return object().put("id", id).<ObjectNode>set("answer", tree(answer)).toString();
  }

  static String trace(String line) {
    return object().put("trace", line).toString();
  }

  static JsonNode parse(String line) throws JsonProcessingException {
    return MAPPER.readTree(line);
  }

  static <T> T read(JsonNode node, Class<T> type) throws JsonProcessingException {
    return MAPPER.treeToValue(node, type);
  }

  private static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  private static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }
}
