package io.matrixrtc.cli;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceFormatException;
import io.matrixrtc.testkit.trace.TraceJson;
import io.matrixrtc.testkit.viewer.TraceViewer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What happened in a run. */
@Command(
    name = "trace",
    description = "Look at what happened in a call, from the trace of a script or a demo.",
    mixinStandardHelpOptions = true,
    subcommands = TraceCommand.Show.class,
    footer = {"", "Examples:", "  matrixrtc trace show out/trace.jsonl"})
final class TraceCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "What to do with a trace? There is: show");
  }

  /** A page of a trace. */
  @Command(
      name = "show",
      description = {
        "Make one HTML page of a trace: a timeline with a lane for each participant, and every"
            + " event and message, with filters, search and links to a moment. The page needs"
            + " nothing else."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Examples:",
        "  matrixrtc demo --fast --trace out/trace.jsonl",
        "  matrixrtc trace show out/trace.jsonl",
        "  matrixrtc trace show target/call-traces/MyTest.aLeaver.jsonl --out leaver.html",
        "",
        "Exit codes: 0 done, 1 not a trace or not readable, 2 wrong usage"
      })
  static final class Show implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.jsonl", description = "A trace: one JSON object per line.")
    private Path file = Path.of("");

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where the page goes (default: beside the trace, ending in .html).")
    private @Nullable Path out;

    @Option(names = "--json", description = "Print where the page is as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure {
      Path page = out == null ? besideTrace() : out;
      if (Files.isDirectory(file)) {
        throw new CommandFailure(file + " is a directory. Give a file that --trace wrote.");
      }
      try {
        Trace trace = TraceJson.read(file);
        if (trace.entries().isEmpty()) {
          throw new CommandFailure(file + " holds no events.");
        }
        TraceViewer.write(page, trace, TraceViewer.titleOf(trace));
        int events = trace.entries().size();
        System.out.println(
            json
                ? Json.newObject()
                    .put("type", "page")
                    .put("events", events)
                    .put("file", page.toAbsolutePath().toString())
                : events + " events: " + page.toAbsolutePath());
        return 0;
      } catch (TraceFormatException e) {
        throw new CommandFailure(
            file + " is not a trace: " + e.getMessage() + ". Give a file that --trace wrote.");
      } catch (IOException e) {
        throw new CommandFailure(
            (Files.isReadable(file) ? "cannot write " + page : "cannot read " + file)
                + ": is the path right?");
      }
    }

    private Path besideTrace() {
      String name = String.valueOf(file.getFileName()).replaceFirst("\\.jsonl?$", "");
      return file.resolveSibling(name + ".html");
    }
  }
}
