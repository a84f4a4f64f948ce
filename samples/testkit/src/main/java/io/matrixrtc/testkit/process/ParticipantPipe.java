package io.matrixrtc.testkit.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** The participant's end: reads requests, carries them out, prints answers and trace. */
public final class ParticipantPipe {
  private ParticipantPipe() {}

  /**
   * Serves one participant until the input ends, which it does when the script's process dies.
   *
   * @param factory makes the participant from its spec; the second argument takes its trace
   */
  public static void serve(
      InputStream in,
      PrintStream out,
      BiFunction<ParticipantSpec, Consumer<TraceEntry>, ParticipantPort> factory)
      throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    String first = lines.readLine();
    if (first == null) {
      return;
    }
    ParticipantSpec spec = PipeJson.read(PipeJson.parse(first).path("spec"), ParticipantSpec.class);
    Consumer<TraceEntry> trace = entry -> print(out, PipeJson.trace(TraceJson.line(entry)));
    try (ParticipantPort participant = factory.apply(spec, trace)) {
      String line;
      while ((line = lines.readLine()) != null) {
        JsonNode node = PipeJson.parse(line);
        long id = node.path("id").asLong();
        participant
            .ask(PipeJson.read(node.path("request"), ParticipantRequest.class))
            .thenAccept(answer -> print(out, PipeJson.answer(id, answer)));
      }
    }
  }

  private static void print(PrintStream out, String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }
}
