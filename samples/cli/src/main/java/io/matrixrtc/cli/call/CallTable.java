package io.matrixrtc.cli.call;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The view of a call as lines of text, at most so wide. */
public final class CallTable {
  private static final String[] HEAD = {"device", "trust", "key", "age", "by", "our key"};

  private CallTable() {}

  /** The lines, without line ends. */
  public static List<String> lines(CallView view, int columns) {
    List<String[]> cells = new ArrayList<>();
    cells.add(HEAD);
    for (CallView.Row row : view.rows()) {
      cells.add(
          new String[] {
            row.device(),
            row.trust(),
            row.index().map(String::valueOf).orElse("none"),
            row.age().map(CallTable::age).orElse(""),
            row.way().orElse(""),
            row.ours().equals(CallReader.OK) ? "has it" : "lacks it"
          });
    }
    int[] widths = new int[HEAD.length];
    for (String[] row : cells) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "We are "
            + view.own()
            + ", "
            + view.status()
            + ", our key is "
            + view.ownKey().map(String::valueOf).orElse("not made yet"));
    for (String[] row : cells) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    if (view.rows().isEmpty()) {
      lines.add("Nobody else is in the call.");
    }
    lines.addAll(view.problems());
    return lines.stream()
        .map(line -> line.length() > columns ? line.substring(0, columns - 1) + "…" : line)
        .toList();
  }

  private static String age(Duration age) {
    return age.toMinutes() >= 2 ? age.toMinutes() + " min" : age.toSeconds() + " s";
  }
}
