package io.matrixrtc.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ParticipantProcessTest {
  private static final ParticipantSpec SPEC =
      new ParticipantSpec(
          "zoë",
          "http://h",
          "@zoe:x",
          "pass\"word\n",
          "ZOE",
          "r",
          7,
          99,
          2.5,
          "strict",
          1000,
          "all");

  private final BlockingQueue<TraceEntry> trace = new LinkedBlockingQueue<>();

  @Test
  void requestsAnswersAndTraceSurviveTheWayToAnotherJvmAndBack_PIPE_ROUND() throws Exception {
    try (ParticipantProcess process = start()) {
      assertThat(process.spec()).isEqualTo(SPEC);
      TraceEntry first = trace.poll(30, TimeUnit.SECONDS);
      assertThat(first).isEqualTo(Echo.hello(SPEC));
      List<ParticipantRequest> requests =
          List.of(
              new ParticipantRequest.CreateRoom("a \"room\"\n"),
              new ParticipantRequest.Settle(3),
              new ParticipantRequest.SendKey("@a:x", "A", "B", 200, "AAECAw==", false),
              new ParticipantRequest.Record(null));
      List<CompletableFuture<ParticipantAnswer>> answers =
          requests.stream().map(request -> process.ask(request).toCompletableFuture()).toList();
      for (int i = 0; i < requests.size(); i++) {
        assertThat(answers.get(i).get(30, TimeUnit.SECONDS))
            .isEqualTo(Echo.answer(requests.get(i)));
      }
    }
  }

  @Test
  void whoWaitsForAProcessThatDiedIsTold_PIPE_DEATH() throws Exception {
    try (ParticipantProcess process = start()) {
      assertThat(trace.poll(30, TimeUnit.SECONDS)).isNotNull();
      CompletableFuture<ParticipantAnswer> never =
          process.ask(new ParticipantRequest.Reveal()).toCompletableFuture();
      assertDead(process.ask(new ParticipantRequest.SignOut()).toCompletableFuture());
      assertDead(never);
      assertDead(process.ask(new ParticipantRequest.Count()).toCompletableFuture());
    }
  }

  private static void assertDead(CompletableFuture<ParticipantAnswer> answer) {
    assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("the process of zoë has ended");
  }

  private ParticipantProcess start() throws Exception {
    return ParticipantProcess.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Echo.class.getName()),
        SPEC,
        trace::add);
  }

  /**
   * A participant that answers with what it was asked; to {@code Reveal} it never answers, and
   * {@code SignOut} kills it.
   */
  static final class Echo implements ParticipantPort {
    private final ParticipantSpec spec;

    private Echo(ParticipantSpec spec, Consumer<TraceEntry> trace) {
      this.spec = spec;
      trace.accept(hello(spec));
    }

    public static void main(String[] arguments) throws Exception {
      ParticipantPipe.serve(System.in, System.out, Echo::new);
    }

    static TraceEntry hello(ParticipantSpec spec) {
      return new TraceEntry(
          Instant.EPOCH, 5, new TraceEvent.Noted(spec.identity(), spec.password()));
    }

    static ParticipantAnswer answer(ParticipantRequest request) {
      if (request instanceof ParticipantRequest.Settle settle) {
        ParticipantAnswer.Heard heard = new ParticipantAnswer.Heard(-1, settle.others(), 1, 2, 3);
        return new ParticipantAnswer.Counts(1, 2, Map.of("@a:x:A", heard));
      } else if (request instanceof ParticipantRequest.SendKey key) {
        return new ParticipantAnswer.Holdings(
            List.of(new ParticipantAnswer.HeldKey(key.toUser(), key.index(), key.keyBase64())));
      } else if (request instanceof ParticipantRequest.CreateRoom room) {
        return new ParticipantAnswer.Room(room.name());
      }
      return new ParticipantAnswer.Failed("cannot: " + request);
    }

    @Override
    public ParticipantSpec spec() {
      return spec;
    }

    @Override
    public CompletionStage<ParticipantAnswer> ask(ParticipantRequest request) {
      if (request instanceof ParticipantRequest.SignOut) {
        Runtime.getRuntime().halt(3);
      }
      return request instanceof ParticipantRequest.Reveal
          ? new CompletableFuture<>()
          : CompletableFuture.completedFuture(answer(request));
    }

    @Override
    public void close() {}
  }
}
