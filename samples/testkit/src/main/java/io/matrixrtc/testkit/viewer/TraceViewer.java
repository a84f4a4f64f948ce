package io.matrixrtc.testkit.viewer;

import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a trace as one HTML page with a timeline and every event: filter, search, step through,
 * link to a moment. VIEWER-ALONE: the page holds all it needs and asks for nothing.
 */
public final class TraceViewer {
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

  /** Parts of one script: each sees what those before it declare. */
  private static final List<String> SCRIPTS =
      List.of("list.js", "detail.js", "timeline.js", "controls.js");

  private TraceViewer() {}

  /** Writes the page to a file, replacing it. */
  public static void write(Path file, Trace trace, String title) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      write(out, trace, title);
    }
  }

  /** Writes the page. */
  public static void write(Writer out, Trace trace, String title) throws IOException {
    out.write("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    out.write("<meta http-equiv=\"Content-Security-Policy\" content=\"" + POLICY + "\">");
    out.write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    out.write("<meta name=\"color-scheme\" content=\"light dark\">");
    out.write("<link rel=\"icon\" href=\"data:,\">");
    out.write("<title>" + escaped(title) + "</title><style>\n");
    out.write(resource("viewer.css"));
    out.write("</style></head><body>\n");
    out.write(resource("viewer.html").replace("{{title}}", escaped(title)));
    out.write("<script type=\"application/json\" id=\"data\">");
    // VIEWER-ESCAPE: no text of a trace can end the element that it stands in.
    out.write(new ViewerData(trace).json().replace("<", "\\u003c"));
    out.write("</script>\n<script>\n\"use strict\";\n(() => {\n");
    for (String script : SCRIPTS) {
      out.write(resource(script));
    }
    out.write("})();\n</script></body></html>\n");
  }

  /** What a trace calls itself. */
  public static String titleOf(Trace trace) {
    return trace.events(TraceEvent.CallStarted.class).stream()
        .map(TraceEvent.CallStarted::title)
        .findFirst()
        .orElse("A call");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = TraceViewer.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
