package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.cases.VectorFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** MD-1, CM-22: the names that LiveKit knows participants and rooms by. */
class LivekitNamesVectorsTest {

  @TestFactory
  List<DynamicTest> md1NamesEqualTheVectors() {
    Optional<JsonNode> file = VectorFile.read("livekit-token.json");
    assumeTrue(file.isPresent(), "livekit-token.json is not there");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : file.get().path("names")) {
      tests.add(
          DynamicTest.dynamicTest(
              vector.path("kind").asText() + " " + vector.path("inputs"), () -> check(vector)));
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  private static void check(JsonNode vector) {
    List<String> inputs = new ArrayList<>();
    vector.path("inputs").forEach(input -> inputs.add(input.asText()));
    assertThat(LivekitNames.json(inputs)).isEqualTo(vector.path("jsonUtf8").asText());
    String name =
        switch (vector.path("kind").asText()) {
          case "identity" ->
              LivekitNames.stickyIdentity(inputs.get(0), inputs.get(1), inputs.get(2));
          case "roomAlias" -> LivekitNames.roomAlias(inputs.get(0), inputs.get(1));
          default -> throw new AssertionError("unknown kind " + vector.path("kind"));
        };
    assertThat(name).isEqualTo(vector.path("value").asText());
  }
}
