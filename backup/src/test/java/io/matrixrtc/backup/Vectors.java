package io.matrixrtc.backup;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.cases.VectorFile;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/** The vector files of this module: a list of vectors, each of a kind that names its check. */
public final class Vectors {
  /** Checks one vector. */
  @FunctionalInterface
  public interface Check {
    void run(JsonNode vector) throws Exception;
  }

  private Vectors() {}

  /** One test for each vector; those of a kind that {@code checks} lacks fail. */
  public static Stream<DynamicTest> tests(String file, Map<String, Check> checks) {
    Optional<JsonNode> content = VectorFile.read(file);
    Assumptions.assumeTrue(content.isPresent(), file + " is not in the folder");
    return StreamSupport.stream(content.get().get("vectors").spliterator(), false)
        .map(vector -> test(vector, checks));
  }

  private static DynamicTest test(JsonNode vector, Map<String, Check> checks) {
    String kind = vector.path("kind").asText();
    String name = kind + ": " + vector.path("name").asText() + " " + vector.path("id").asText();
    return dynamicTest(
        name,
        () -> {
          Check check = checks.get(kind);
          if (check == null) {
            throw new AssertionError("no check for vectors of kind " + kind);
          }
          check.run(vector);
        });
  }

  /** Whether the input is to be taken; any other word than the two known ones fails. */
  public static boolean isAccept(JsonNode vector) {
    String expect = vector.path("expect").asText();
    if (!expect.equals("accept") && !expect.equals("reject")) {
      throw new AssertionError("what does expect " + expect + " mean?");
    }
    return expect.equals("accept");
  }

  /** The bytes of a hexadecimal text. */
  public static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.textValue());
  }
}
