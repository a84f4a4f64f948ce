package io.matrixrtc.benchmarks.figures;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The table of docs/BENCHMARKS.md, made of the JSON lines that benchmarks print. */
public final class FiguresTable {
  /** Between these lines of a page is the table. */
  static final String BEGIN = "<!-- figures: written by samples/benchmarks/run -->";

  static final String END = "<!-- end of figures -->";

  private static final String HEAD =
      "| benchmark | measured | target | |\n| --- | --- | --- | --- |\n";
  private static final String GOAL = "goal";
  private static final Set<String> NOT_FIGURES = Set.of("type", "name", "pairs");

  private FiguresTable() {}

  /**
   * A table in Markdown of what files hold.
   *
   * @param files JSON lines; other lines are left out
   */
  public static String of(List<Path> files) throws IOException {
    StringBuilder table = new StringBuilder(HEAD);
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        read(line).map(FiguresTable::row).ifPresent(table::append);
      }
    }
    return table.toString();
  }

  /**
   * Puts a table in the place of the one that a page has.
   *
   * @throws IllegalArgumentException if the page has no place for it
   */
  public static String into(String page, String table) {
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("the page has no line " + BEGIN + " with " + END);
    }
    return page.substring(0, begin) + BEGIN + "\n\n" + table + "\n" + page.substring(end);
  }

  private static Optional<JsonNode> read(String line) {
    if (!line.startsWith("{")) {
      return Optional.empty(); // what a benchmark says besides
    }
    try {
      return Optional.of(Json.mapper().readTree(line)).filter(json -> json.has("name"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON line of a benchmark: " + line, e);
    }
  }

  private static String row(JsonNode line) {
    List<String> figures = new ArrayList<>();
    List<String> goals = new ArrayList<>();
    List<Boolean> met = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : line.properties()) {
      String name = member.getKey();
      if (member.getValue().isBoolean()) {
        met.add(member.getValue().booleanValue());
      } else if (name.startsWith(GOAL)) {
        goals.add(text(name.substring(GOAL.length()), member.getValue()));
      } else if (!NOT_FIGURES.contains(name)) {
        figures.add(text(name, member.getValue()));
      }
    }
    for (Target target : Target.of(line)) {
      goals.add(target.text());
      met.add(target.isMet(line));
    }
    return "| %s | %s | %s | %s |%n"
        .formatted(
            line.path("name").asText(),
            String.join("; ", figures),
            String.join("; ", goals),
            met.stream().map(one -> one ? "met" : "**missed**").collect(Collectors.joining(", ")))
        .replace("\r", "");
  }

  private static String text(String member, JsonNode value) {
    String words = Words.of(member);
    return value.isNumber() ? words + " " + Words.of(value) : words + ": " + Words.of(value);
  }

  /** {@code PAGE FILE...}: writes the table of the files into the page. */
  public static void main(String[] args) throws IOException {
    Path page = Path.of(args[0]);
    List<Path> files = List.of(args).subList(1, args.length).stream().map(Path::of).toList();
    Files.writeString(page, into(Files.readString(page), of(files)));
  }
}
