package io.matrixrtc.testkit.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Traces as JSON lines: one object per line, with {@code at} (RFC 3339), {@code ms} and {@code
 * event}, then the event's fields in snake case. Unknown fields are ignored.
 */
public final class TraceJson {
  /** Longest line in characters. */
  public static final int MAX_LINE_CHARS = 64 << 10;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(8)
                .maxStringLength(MAX_LINE_CHARS)
                .build());
  }

  private TraceJson() {}

  /** One entry as a line, without the line's end. */
  public static String line(TraceEntry entry) {
    ObjectNode line = MAPPER.createObjectNode();
    line.put("at", entry.at().toString());
    line.put("ms", entry.ms());
    line.setAll((ObjectNode) MAPPER.valueToTree(entry.event()));
    return line.toString();
  }

  /** The entry that a line holds. */
  public static TraceEntry parse(String line) throws TraceFormatException {
    if (line.length() > MAX_LINE_CHARS) {
      throw new TraceFormatException("trace line of " + line.length() + " characters");
    }
    try {
      JsonNode read = MAPPER.readTree(line);
      if (!(read instanceof ObjectNode object)
          || !object.path("at").isTextual()
          || !object.path("ms").isIntegralNumber()) {
        throw new TraceFormatException("trace line without at and ms");
      }
      Instant at = Instant.parse(object.remove("at").textValue());
      long ms = object.remove("ms").longValue();
      TraceEvent event = MAPPER.treeToValue(object, TraceEvent.class);
      if (event == null) {
        throw new TraceFormatException("trace line without an event");
      }
      return new TraceEntry(at, ms, event);
    } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
      throw new TraceFormatException("trace line is not a known event", e);
    }
  }

  /** Writes a trace to a file, one entry per line. */
  public static void write(Path file, Trace trace) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      for (TraceEntry entry : trace.entries()) {
        out.write(line(entry));
        out.write('\n');
      }
    }
  }

  /** Reads a file that {@link #write} or {@link #writing} made; empty lines are skipped. */
  public static Trace read(Path file) throws IOException, TraceFormatException {
    List<TraceEntry> entries = new ArrayList<>();
    try (BufferedReader in = Files.newBufferedReader(file)) {
      String line;
      while ((line = in.readLine()) != null) {
        if (!line.isBlank()) {
          entries.add(parse(line));
        }
      }
    }
    return new Trace(entries);
  }

  /** A listener that writes each entry at once; what goes wrong is thrown unchecked. */
  public static Consumer<TraceEntry> writing(Writer out) {
    return entry -> {
      try {
        out.write(line(entry) + "\n");
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
