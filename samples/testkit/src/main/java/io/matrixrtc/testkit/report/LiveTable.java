package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.TraceEntry;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;

/**
 * Shows a running call in the terminal: participants × participants, drawn in place. Where nothing
 * can be drawn in place it writes a line for each event worth one, and a summary for every {@link
 * #SUMMARY_MS} of call time.
 *
 * <p>Give it the trace's events ({@code recorder.listen(table)}) and call {@link #draw} a few times
 * a second. Safe for many threads.
 */
public final class LiveTable implements Consumer<TraceEntry>, AutoCloseable {
  /** Call time between two summaries on a plain output. */
  public static final long SUMMARY_MS = 10_000;

  private static final String CLEAR_LINE = "\u001B[K";
  private static final String CLEAR_BELOW = "\u001B[J";

  private final PrintStream out;
  private final Terminal terminal;
  private final LiveView view;
  private final LiveState state = new LiveState();
  private List<String> drawn = List.of();
  private long nextSummaryMs = SUMMARY_MS;
  private boolean closed;

  public LiveTable(PrintStream out, Terminal terminal) {
    this.out = out;
    this.terminal = terminal;
    // The last column is left free: many terminals wrap when it is written.
    this.view = new LiveView(terminal.columns() - 1, terminal.color());
  }

  /** Takes an event in; on a plain output, writes a line if it is worth one. */
  @Override
  public synchronized void accept(TraceEntry entry) {
    String line = state.apply(entry);
    if (terminal.redraw() || closed) {
      return;
    }
    if (line != null) {
      out.println(line);
    }
    if (state.ms() >= nextSummaryMs) {
      out.println(state.summary());
      nextSummaryMs = (state.ms() / SUMMARY_MS + 1) * SUMMARY_MS;
    }
    out.flush();
  }

  /** Draws the table over the last one, if it changed. Does nothing on a plain output. */
  public synchronized void draw() {
    if (!terminal.redraw() || closed) {
      return;
    }
    List<String> lines = view.lines(state);
    if (lines.equals(drawn)) {
      return;
    }
    StringBuilder text = new StringBuilder();
    if (!drawn.isEmpty()) {
      text.append("\u001B[").append(drawn.size()).append("A\r");
    }
    for (String line : lines) {
      text.append(line).append(CLEAR_LINE).append('\n');
    }
    if (lines.size() < drawn.size()) {
      text.append(CLEAR_BELOW);
    }
    out.print(text);
    out.flush();
    drawn = lines;
  }

  /** Draws for the last time, or writes the last summary; the output stays open. Idempotent. */
  @Override
  public synchronized void close() {
    draw();
    if (!closed && !terminal.redraw()) {
      out.println(state.summary());
      out.flush();
    }
    closed = true;
  }
}
