package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.cases.VectorFile;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/** Turns each case of a vector file into a test. */
public final class Vectors {
  private Vectors() {}

  /** One case. */
  @FunctionalInterface
  public interface Check {
    void run(JsonNode vector) throws Exception;
  }

  /** A test for each case of {@code file}; a case of another kind than {@code kind} fails. */
  public static Stream<DynamicTest> of(String file, String kind, Check check) {
    Optional<JsonNode> found = VectorFile.read(file);
    Assumptions.assumeTrue(found.isPresent(), "no " + file + " in this folder");
    JsonNode cases = found.orElseThrow().get("cases");
    assertThat(cases).as("cases of %s", file).isNotEmpty();
    return StreamSupport.stream(cases.spliterator(), false)
        .map(
            vector ->
                dynamicTest(
                    vector.get("id").textValue() + " " + vector.path("title").textValue(),
                    () -> {
                      assertThat(vector.get("kind").textValue()).as("kind").isEqualTo(kind);
                      check.run(vector);
                    }));
  }
}
