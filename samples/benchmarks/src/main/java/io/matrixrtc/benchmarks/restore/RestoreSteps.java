package io.matrixrtc.benchmarks.restore;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows the steps of a restore that takes minutes: one line that changes on a terminal, and a line
 * for the end of each step. Confined to one thread.
 */
final class RestoreSteps {
  private static final int BAR_CHARS = 30;
  private static final long BETWEEN_NANOS = 200_000_000;

  private final PrintStream out;
  private final boolean terminal;
  private final int total;
  private final LongSupplier nanoTime;
  private String step = "";
  private long begun;
  private long shownAt;
  private int shown;

  /**
   * For a restore that just begins.
   *
   * @param terminal whether {@code out} is one
   * @param total how many keys there are
   * @param nanoTime as {@link System#nanoTime}
   */
  RestoreSteps(PrintStream out, boolean terminal, int total, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.total = total;
    this.nanoTime = nanoTime;
  }

  /** Another step begins. */
  void begin(String name) {
    step = name;
    begun = nanoTime.getAsLong();
    shownAt = begun - BETWEEN_NANOS;
  }

  /** So many entries are dealt with, in this and earlier steps. */
  void at(long done) {
    long now = nanoTime.getAsLong();
    if (!terminal || now - shownAt < BETWEEN_NANOS) {
      return;
    }
    shownAt = now;
    int full = (int) (BAR_CHARS * Math.min(done, total) / total);
    String line =
        String.format(
            Locale.ROOT,
            "%s %3d%% [%s%s] %,d of %,d keys",
            step,
            100 * Math.min(done, total) / total,
            "#".repeat(full),
            " ".repeat(BAR_CHARS - full),
            done,
            total);
    out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
    out.flush();
    shown = line.length();
  }

  /** The step is at its end. */
  void end(String how) {
    if (shown > 0) {
      out.println();
      shown = 0;
    }
    out.println(
        String.format(
            Locale.ROOT, "%s: %s, %.1f s", step, how, (nanoTime.getAsLong() - begun) / 1e9));
  }
}
