package io.matrixrtc.benchmarks.figures;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Names and figures of a line, for people. */
final class Words {
  private static final double LARGE = 100;

  private Words() {}

  /** {@code peerOpsPerSecond} is "peer ops per second". */
  static String of(String member) {
    return member.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
  }

  /** With as many digits as mean something. */
  static String of(double figure) {
    if (figure == Math.rint(figure) || Math.abs(figure) >= LARGE) {
      return String.format(Locale.ROOT, "%,.0f", figure);
    }
    return String.format(Locale.ROOT, "%.3f", figure).replaceAll("0+$", "");
  }

  static String of(JsonNode value) {
    return value.isNumber() ? of(value.doubleValue()) : value.asText();
  }
}
