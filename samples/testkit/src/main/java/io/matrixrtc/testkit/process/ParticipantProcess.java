package io.matrixrtc.testkit.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceFormatException;
import io.matrixrtc.testkit.trace.TraceJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The script's end of a participant that runs in another JVM. */
public final class ParticipantProcess implements ParticipantPort {
  private static final Logger log = LoggerFactory.getLogger(ParticipantProcess.class);

  private final ParticipantSpec spec;
  private final Process process;
  private final Writer toProcess;
  private final Consumer<TraceEntry> trace;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, CompletableFuture<ParticipantAnswer>> waiting = new ConcurrentHashMap<>();
  private volatile boolean ended;

  private ParticipantProcess(ParticipantSpec spec, Process process, Consumer<TraceEntry> trace) {
    this.spec = spec;
    this.process = process;
    this.toProcess = process.outputWriter(StandardCharsets.UTF_8);
    this.trace = trace;
  }

  /**
   * Starts a JVM for one participant.
   *
   * @param command the command line of a program that ends in {@link ParticipantPipe#serve}
   * @param trace is given what the participant records
   */
  public static ParticipantProcess start(
      List<String> command, ParticipantSpec spec, Consumer<TraceEntry> trace) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    ParticipantProcess participant = new ParticipantProcess(spec, process, trace);
    participant.write(PipeJson.spec(spec));
    Thread reader = new Thread(participant::read, "process-" + spec.name());
    reader.setDaemon(true);
    reader.start();
    return participant;
  }

  @Override
  public ParticipantSpec spec() {
    return spec;
  }

  @Override
  public CompletionStage<ParticipantAnswer> ask(ParticipantRequest request) {
    CompletableFuture<ParticipantAnswer> answer = new CompletableFuture<>();
    long id = lastId.incrementAndGet();
    waiting.put(id, answer);
    try {
      write(PipeJson.request(id, request));
    } catch (IOException e) {
      waiting.remove(id);
      answer.completeExceptionally(dead());
    }
    if (ended) {
      answer.completeExceptionally(dead());
    }
    return answer;
  }

  private synchronized void write(String line) throws IOException {
    toProcess.write(line);
    toProcess.write('\n');
    toProcess.flush();
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        onLine(line);
      }
    } catch (IOException e) {
      log.debug("{}: the pipe ended: {}", spec.name(), e.getMessage());
    } finally {
      ended = true;
      waiting.values().forEach(answer -> answer.completeExceptionally(dead()));
    }
  }

  private void onLine(String line) {
    try {
      JsonNode node = PipeJson.parse(line);
      if (node.has("trace")) {
        trace.accept(TraceJson.parse(node.path("trace").asText()));
        return;
      }
      CompletableFuture<ParticipantAnswer> answer = waiting.remove(node.path("id").asLong());
      if (answer != null) {
        answer.complete(PipeJson.read(node.path("answer"), ParticipantAnswer.class));
      }
    } catch (JsonProcessingException | TraceFormatException e) {
      log.warn("{}: unreadable line from its process: {}", spec.name(), e.getMessage());
    }
  }

  private IllegalStateException dead() {
    return new IllegalStateException("the process of " + spec.name() + " has ended");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
