package io.matrixrtc.testkit.report;

import java.util.List;

/**
 * What a report says beside the trace.
 *
 * @param title the page's heading
 * @param lead one or two sentences under it
 * @param figures shown behind the figures that come from the trace
 * @param notes remarks at the end, for example how to run it again
 */
public record ReportSummary(String title, String lead, List<Figure> figures, List<String> notes) {
  public ReportSummary {
    figures = List.copyOf(figures);
    notes = List.copyOf(notes);
  }

  /**
   * A number with what it means.
   *
   * @param value short, for example {@code 84 ms}
   * @param label what it counts
   * @param detail a few words below; may be empty
   */
  public record Figure(String value, String label, String detail) {}

  /** A summary with a heading only. */
  public static ReportSummary titled(String title) {
    return new ReportSummary(title, "", List.of(), List.of());
  }
}
