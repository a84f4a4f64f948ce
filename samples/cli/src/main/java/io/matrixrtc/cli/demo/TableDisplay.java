package io.matrixrtc.cli.demo;

import io.matrixrtc.testkit.report.LiveTable;
import io.matrixrtc.testkit.report.Terminal;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.PrintStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Draws the live table a few times a second. */
final class TableDisplay implements Display {
  private static final long REDRAW_MILLIS = 200;

  private final LiveTable table;
  private final Consumer<TraceEvent> trace;
  private final ScheduledExecutorService redraw =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "live-table");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param trace takes what is to be told besides
   */
  TableDisplay(PrintStream out, Terminal terminal, Consumer<TraceEvent> trace) {
    this.table = new LiveTable(out, terminal);
    this.trace = trace;
    redraw.scheduleAtFixedRate(table::draw, REDRAW_MILLIS, REDRAW_MILLIS, TimeUnit.MILLISECONDS);
  }

  void onEntry(TraceEntry entry) {
    table.accept(entry);
  }

  @Override
  public void progress(String what) {
    trace.accept(new TraceEvent.Noted(null, what));
  }

  @Override
  public void finish() {
    redraw.shutdown();
    table.close();
  }
}
