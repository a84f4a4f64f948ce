package io.matrixrtc.testkit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.World;
import io.matrixrtc.testkit.WorldSettings;
import io.matrixrtc.testkit.agent.ParticipantAgent;
import io.matrixrtc.testkit.relay.SecretSearch;
import io.matrixrtc.testkit.report.HtmlReport;
import io.matrixrtc.testkit.report.ReportSummary;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo in this process. */
class DemoCallTest {
  /** Wall time in which the others' syncs must bring a new key. */
  private static final Duration TIME_FOR_KEYS = Duration.ofMillis(500);

  /** The machine that runs the tests may be busy with other things. */
  private static final Duration ALLOWANCE = Duration.ofSeconds(15);

  @TempDir private Path out;

  private record Played(DemoOutcome outcome, Trace trace, Set<String> keys) {}

  @Test
  void everyCheckHoldsAndTheNumbersAgreeWithTheTrace_DEMO_WHOLE() throws Exception {
    Played played = play(6, 5, "demand");
    DemoOutcome outcome = played.outcome();
    assertThat(outcome.checks())
        .allSatisfy(
            check ->
                assertThat(check.failed()).as("%s: %s", check.name(), check.detail()).isFalse());
    assertThat(outcome.checks())
        .filteredOn(check -> !check.name().equals("recordings-decode"))
        .extracting(Check::verdict)
        .hasSize(13)
        .containsOnly(Check.Verdict.OK);
    assertThat(outcome.ok()).isTrue();
    assertThat(outcome.participants()).isEqualTo(6);
    // Each frame has five listeners at most.
    assertThat(outcome.framesDecrypted()).isPositive();
    assertThat(outcome.framesDecrypted() + outcome.framesUndecryptable())
        .isLessThanOrEqualTo(5 * outcome.framesSent());
    assertThat(outcome.keysSent())
        .as("the trace goes on to the end, where those who still stay rotate once more")
        .isBetween(6 * 5L, served(played.trace()));
    assertThat(outcome.joinerReadPast()).isZero();
    assertThat(outcome.leaverReadFuture()).isZero();
    assertThat(outcome.forgedKeysAccepted()).isZero();
    assertThat(outcome.keysSeenByServer()).isZero();
    assertThat(outcome.exposureAfterLeaveMs().count()).as("one for each sender").isEqualTo(5);
    assertOrdered(outcome.exposureAfterLeaveMs());
    assertThat(outcome.timeToMediaMs().count()).isPositive();
    assertOrdered(outcome.timeToMediaMs());
    assertNoKeyIn(played);
  }

  @Test
  void whatNobodyDidIsNotApplicableAndNeverOk_DEMO_SMALL() throws Exception {
    Played played = play(2, 20, "strict");
    assertThat(played.outcome().ok()).isTrue();
    assertThat(played.outcome().checks())
        .filteredOn(
            check ->
                List.of(
                        "late-joiner-reads-nothing-older",
                        "leaver-reads-nothing-newer",
                        "forged-claim")
                    .contains(check.name()))
        .hasSize(3)
        .allSatisfy(check -> assertThat(check.verdict()).isEqualTo(Check.Verdict.NOT_APPLICABLE));
    assertThat(played.outcome().exposureAfterLeaveMs()).isEqualTo(new Figures(0, 0, 0));
    assertThat(played.keys()).hasSizeGreaterThanOrEqualTo(2);
  }

  private Played play(int participants, int speed, String policy) throws IOException {
    Duration useDelay = TIME_FOR_KEYS.multipliedBy(speed);
    Set<Thread> before = livingThreads();
    Played played;
    WorldSettings settings =
        new WorldSettings(
            EmbeddedServer.start(0),
            speed,
            policy,
            useDelay,
            "cross-signed",
            ParticipantAgent::new);
    try (World world = World.open(settings)) {
      DemoSettings demo = new DemoSettings(participants, 1, policy, useDelay, ALLOWANCE, out);
      DemoCall call = new DemoCall(world, demo, progress -> {});
      DemoOutcome outcome = call.play();
      Set<String> keys = new LinkedHashSet<>();
      for (Participant participant : call.participants()) {
        participant.reveal().keys().forEach(key -> keys.add(key.keyBase64()));
      }
      played = new Played(outcome, world.trace(), keys);
    }
    assertNothingIsLeftRunning(before);
    return played;
  }

  /** WORLD-CLOSE: threads that would keep the JVM from ending. */
  private static void assertNothingIsLeftRunning(Set<Thread> before) {
    Set<Thread> left = livingThreads();
    left.removeAll(before);
    for (Thread thread : left) {
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(thread.isAlive()).as("%s still runs", thread.getName()).isFalse();
    }
  }

  private static Set<Thread> livingThreads() {
    Set<Thread> threads = new LinkedHashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(Thread::isDaemon);
    return threads;
  }

  /** EVIDENCE-LEAK: what is written for people to share holds no key, however it is written. */
  private void assertNoKeyIn(Played played) throws IOException {
    Path file = out.resolve("trace.jsonl");
    TraceJson.write(file, played.trace());
    byte[] trace = Files.readAllBytes(file);
    byte[] report = page(played.trace());
    List<SecretSearch.Needle> needles = new ArrayList<>();
    int number = 0;
    for (String key : played.keys()) {
      String label = "key " + number++;
      needles.addAll(SecretSearch.encodingsOf(label, Base64.getDecoder().decode(key)));
    }
    SecretSearch search = SecretSearch.of(needles);
    assertThat(search.find(trace)).isEmpty();
    assertThat(search.find(report)).isEmpty();

    String planted = played.keys().iterator().next();
    List<TraceEntry> entries = new ArrayList<>(played.trace().entries());
    entries.add(
        new TraceEntry(entries.get(0).at(), 0, new TraceEvent.Noted(null, "planted: " + planted)));
    TraceJson.write(file, new Trace(entries));
    assertThat(search.find(Files.readAllBytes(file))).as("the control").isNotEmpty();
    assertThat(search.find(page(new Trace(entries)))).as("the control").isNotEmpty();
  }

  private static byte[] page(Trace trace) {
    ReportSummary summary = new ReportSummary("A call", "", List.of(), List.of());
    return HtmlReport.page(trace, summary).getBytes(StandardCharsets.UTF_8);
  }

  private static long served(Trace trace) {
    return trace.events(TraceEvent.KeyServed.class).size();
  }

  private static void assertOrdered(Figures figures) {
    assertThat(figures.p50()).isNotNegative().isLessThanOrEqualTo(figures.p99());
  }
}
