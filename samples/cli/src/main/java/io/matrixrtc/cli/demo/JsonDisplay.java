package io.matrixrtc.cli.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceJson;
import java.io.PrintStream;

/** Prints the trace as JSON lines, as it grows. */
final class JsonDisplay implements Display {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final PrintStream out;
  private boolean finished;

  JsonDisplay(PrintStream out) {
    this.out = out;
  }

  /** Prints one entry, marked as an event to tell it from the summary. */
  void onEntry(TraceEntry entry) {
    String line = TraceJson.line(entry);
    print("{\"type\":\"event\"," + line.substring(1));
  }

  @Override
  public void progress(String what) {
    print(MAPPER.createObjectNode().put("type", "progress").put("text", what).toString());
  }

  /** Nothing is printed after this, so that the summary is the last line. */
  @Override
  public synchronized void finish() {
    finished = true;
    out.flush();
  }

  private synchronized void print(String line) {
    if (!finished) {
      out.println(line);
    }
  }
}
