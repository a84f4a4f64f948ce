package io.matrixrtc.testkit.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.testkit.ScriptException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A child process that is driven by JSON lines: a command {@code {"id", "do", ...}} on its standard
 * input is answered on its standard output by {@code {"id", "ok"}} or {@code {"id", "error"}};
 * {@code {"event", ...}} may come at any time. What it writes to its standard error goes to a file.
 * All events are kept until it is closed. Any thread may call.
 */
public final class PeerProcess implements AutoCloseable {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(40);
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private final Path log;
  private final Duration answerLimit;
  private final Duration endLimit;
  private final Process process;
  private final BufferedWriter input;
  private final Map<Integer, CompletableFuture<ObjectNode>> waiting = new ConcurrentHashMap<>();
  private final List<ObjectNode> events = new CopyOnWriteArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  private volatile Consumer<ObjectNode> listener = event -> {};
  private volatile boolean ended;

  /**
   * Starts the process; it lives until {@link #close}, or until this JVM ends.
   *
   * @param command a program and its arguments
   * @param log a new file for what it writes to its standard error; its folder is made
   * @throws IOException if there is no such program, or the log cannot be written
   */
  public PeerProcess(List<String> command, Path log) throws IOException {
    this(command, log, ANSWER_LIMIT, END_LIMIT);
  }

  PeerProcess(List<String> command, Path log, Duration answerLimit, Duration endLimit)
      throws IOException {
    this.log = log;
    this.answerLimit = answerLimit;
    this.endLimit = endLimit;
    Files.createDirectories(log.toAbsolutePath().getParent());
    this.process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "peer " + log.getFileName());
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    String end = "ended";
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(Json.parseObject(line.getBytes(StandardCharsets.UTF_8)));
      }
    } catch (IOException | MalformedJsonException e) {
      end = "wrote what is no JSON line: " + e;
    }
    ended = true;
    fail(end);
  }

  private void fail(String why) {
    for (CompletableFuture<ObjectNode> one : waiting.values()) {
      one.completeExceptionally(new ScriptException("the peer " + why + "; its log is " + log));
    }
  }

  private void take(ObjectNode line) {
    if (line.has("event")) {
      events.add(line);
      listener.accept(line);
      return;
    }
    CompletableFuture<ObjectNode> answer = waiting.remove(line.path("id").intValue());
    if (answer == null) {
      return;
    }
    if (line.path("ok") instanceof ObjectNode ok) {
      answer.complete(ok);
    } else {
      answer.completeExceptionally(
          new ScriptException(
              "the peer failed: " + line.path("error").asText() + "; its log is " + log));
    }
  }

  /** Tells {@code told}, which must not block, of each event from now on; nobody else any more. */
  public void listen(Consumer<ObjectNode> told) {
    listener = told;
  }

  /**
   * Has the peer do something, and waits for its answer, 40 s at most.
   *
   * @param arguments of the command, beside {@code id} and {@code do}
   * @return what stands under {@code ok}
   * @throws ScriptException if it answers with an error or not at all, or has ended
   */
  public ObjectNode call(String command, ObjectNode arguments) throws InterruptedException {
    int id = ids.incrementAndGet();
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    ObjectNode line = Json.newObject().put("id", id).put("do", command);
    line.setAll(arguments);
    try {
      synchronized (input) {
        input.write(line + "\n");
        input.flush();
      }
    } catch (IOException e) {
      fail("takes no commands: " + e);
    }
    if (ended) {
      fail("ended");
    }
    try {
      return answer.get(answerLimit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new ScriptException(command + ": " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new ScriptException(command + ": no answer from the peer; its log is " + log, e);
    }
  }

  /** What happened so far of one kind, in order. */
  public List<ObjectNode> events(String kind) {
    return events.stream().filter(line -> kind.equals(textOf(line.path("event")))).toList();
  }

  private static String textOf(JsonNode node) {
    return node.asText();
  }

  /** Whether the process has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Ends the process as a crash would, in the midst of whatever it does. Harmless if it is over.
   */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends the process, by force where a closed input does not do. */
  @Override
  public void close() throws InterruptedException {
    try {
      input.close();
    } catch (IOException e) {
      // It may be gone already, with a command unread; what follows makes sure of it.
      ended = true;
    }
    if (!process.waitFor(endLimit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
