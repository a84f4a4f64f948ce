package io.matrixrtc.cli.keys;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;

/** Prints findings: lines for people, or one JSON object per line and a summary as the last one. */
final class Printer {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final PrintStream out;
  private final boolean json;
  private final ObjectNode summary;

  Printer(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
    this.summary = object("summary");
  }

  /** A new object of that {@code type}. */
  static ObjectNode object(String type) {
    return MAPPER.createObjectNode().put("type", type);
  }

  /** A finding; {@code text} says the same to people. */
  void print(ObjectNode finding, String text) {
    out.println(json ? finding.toString() : shown(text));
  }

  /** Something that only people need. */
  void note(String text) {
    if (!json) {
      out.println(shown(text));
    }
  }

  /** What the summary says besides. */
  ObjectNode summary() {
    return summary;
  }

  /** The last line. */
  void finish() {
    if (json) {
      out.println(summary.put("ok", true));
    }
    out.flush();
  }

  /** The last line when it did not work; people are told on stderr. */
  void fail(String sentence) {
    if (json) {
      out.println(summary.put("ok", false).put("error", sentence));
    }
    out.flush();
  }

  /** What others named must not steer the terminal. */
  private static String shown(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c != '\n' && (Character.isISOControl(c) || isBidi(c)) ? '\uFFFD' : c)
        .forEach(safe::appendCodePoint);
    return safe.toString();
  }

  private static boolean isBidi(int codePoint) {
    return Character.getType(codePoint) == Character.FORMAT;
  }
}
