package io.matrixrtc.benchmarks.figures;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a measurement is to reach, for benchmarks whose lines do not say so themselves.
 *
 * @param name of the benchmarks
 * @param where which of their lines
 * @param member the figure
 */
record Target(Pattern name, Predicate<JsonNode> where, String member, Bound bound, double limit) {
  private static final int SMALL_FRAME = 100;
  private static final int MILLION = 1_000_000;

  private static final List<Target> ALL =
      List.of(
          of("frame\\..*", Target::isEscaped, "ratio", Bound.AT_LEAST, 0.5),
          of("frame\\..*", Target::isSmall, "ratio", Bound.AT_LEAST, 0.9),
          of("frame\\..*", line -> true, "ratio", Bound.AT_LEAST, 0.95),
          of("olm\\.(outbound|inbound)", isPeer("libolm"), "ratio", Bound.AT_MOST, 1),
          of("olm\\.(outbound|inbound)", isPeer("vodozemac"), "ratio", Bound.AT_MOST, 2.5),
          of("olm\\.(encrypt|exchange)", isPeer("libolm"), "ratio", Bound.AT_MOST, 0.5),
          of("olm\\.megolm.*", isPeer("libolm"), "ratio", Bound.AT_MOST, 1),
          of("machine\\.send\\..*", line -> true, "millis", Bound.AT_MOST, 150),
          of("machine\\.receive\\..*", line -> true, "opsPerSecond", Bound.AT_LEAST, 4_000),
          of("machine\\.room\\.sqlite", line -> true, "opsPerSecond", Bound.AT_LEAST, 5_000),
          of("dialogue\\.send\\..*", line -> true, "ratio", Bound.AT_MOST, 2),
          of("dialogue\\.receive\\..*", line -> true, "ratio", Bound.AT_MOST, 0.2),
          of("restore\\.interrupted", Target::isMillion, "seconds", Bound.AT_MOST, 240),
          of("restore\\.interrupted", line -> true, "heapGrowthMb", Bound.AT_MOST, 64),
          of("restore\\.interrupted", line -> true, "peakDiskMb", Bound.AT_MOST, 2_000));

  /** Which side of the limit is good. */
  enum Bound {
    AT_LEAST("at least"),
    AT_MOST("at most");

    private final String text;

    Bound(String text) {
      this.text = text;
    }
  }

  private static Target of(
      String name, Predicate<JsonNode> where, String member, Bound bound, double limit) {
    return new Target(Pattern.compile(name, Pattern.CASE_INSENSITIVE), where, member, bound, limit);
  }

  private static Predicate<JsonNode> isPeer(String name) {
    return line -> line.path("peer").asText().toLowerCase(Locale.ROOT).contains(name);
  }

  private static boolean isSmall(JsonNode line) {
    return line.path("bytes").intValue() <= SMALL_FRAME;
  }

  private static boolean isEscaped(JsonNode line) {
    return line.path("codec").asText().equals("h264");
  }

  private static boolean isMillion(JsonNode line) {
    return line.path("keys").intValue() == MILLION;
  }

  /** The targets of a line: of each figure that was measured the first that is about it. */
  static Collection<Target> of(JsonNode line) {
    String name = line.path("name").asText();
    Map<String, Target> found = new LinkedHashMap<>();
    for (Target target : ALL) {
      if (target.name.matcher(name).matches()
          && target.where.test(line)
          && line.path(target.member).isNumber()) {
        found.putIfAbsent(target.member, target);
      }
    }
    return found.values();
  }

  boolean isMet(JsonNode line) {
    double value = line.path(member).doubleValue();
    return bound == Bound.AT_LEAST ? value >= limit : value <= limit;
  }

  String text() {
    return Words.of(member) + " " + bound.text + " " + Words.of(limit);
  }
}
