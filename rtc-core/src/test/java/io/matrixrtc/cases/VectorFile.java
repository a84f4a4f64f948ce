package io.matrixrtc.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of test vectors: from the folder {@code -Dvectors.dir=…} when that is set, else from the
 * test resources.
 */
public final class VectorFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private VectorFile() {}

  /** Returns the parsed file; empty if the folder that was asked for lacks it. */
  public static Optional<JsonNode> read(String name) {
    String folder = System.getProperty("vectors.dir", "");
    try {
      if (!folder.isEmpty()) {
        Path file = Path.of(folder).resolve(name);
        return Files.exists(file)
            ? Optional.of(JSON.readTree(Files.readAllBytes(file)))
            : Optional.empty();
      }
      try (InputStream in = VectorFile.class.getResourceAsStream("/vectors/" + name)) {
        if (in == null) {
          throw new IllegalStateException("no such test resource: vectors/" + name);
        }
        return Optional.of(JSON.readTree(in));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("vector file " + name, e);
    }
  }
}
