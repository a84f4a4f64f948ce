package io.matrixrtc.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.agent.ParticipantAgent;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantRequest;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.DevicePlayer;
import io.matrixrtc.testkit.trace.TraceEntry;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Devices of a test that somebody else plays. */
class PlayedByTest {
  private static final List<String> STEPS = new CopyOnWriteArrayList<>();

  /** Ours, which notes what it is asked for. */
  public static final class Noted implements DevicePlayer, AutoCloseable {
    public Noted() {
      STEPS.add("made");
    }

    @Override
    public WorldServer beside(WorldServer homeserver) {
      STEPS.add("beside");
      return homeserver;
    }

    @Override
    public ParticipantPort start(ParticipantSpec spec, Consumer<TraceEntry> trace) {
      STEPS.add("plays " + spec.name());
      return new NotedPort(new ParticipantAgent(spec, trace));
    }

    @Override
    public void close() {
      STEPS.add("closed");
    }
  }

  private record NotedPort(ParticipantPort ours) implements ParticipantPort {
    @Override
    public ParticipantSpec spec() {
      return ours.spec();
    }

    @Override
    public CompletionStage<ParticipantAnswer> ask(ParticipantRequest request) {
      if (request instanceof ParticipantRequest.JoinCall) {
        STEPS.add(spec().name() + " joins");
      }
      return ours.ask(request);
    }

    @Override
    public CompletionStage<Boolean> meets(DeviceAddress other) {
      STEPS.add(spec().name() + " knows " + other.deviceId());
      return ours.meets(other);
    }

    @Override
    public void close() {
      ours.close();
    }
  }

  /** What is tested; it is no test of its own. */
  @Tag("shown")
  @ScriptedCallTest
  static class Shown {
    @Test
    void first(CallScript call, CallDevice alice, @PlayedBy(Noted.class) CallDevice bob) {
      call.start(alice, bob);
      call.expectAll().toHearEachOther();
      CallDevice carol = call.device("carol");
      carol.join();
      call.expect(bob).toHear(carol);
    }

    @Test
    void second(@PlayedBy(Noted.class) CallDevice dora, @PlayedBy(Noted.class) CallDevice emil) {
      assertThat(dora.isInCall() || emil.isInCall()).isFalse();
    }
  }

  private static synchronized List<String> steps() {
    if (STEPS.isEmpty()) {
      EngineTestKit.engine("junit-jupiter")
          .selectors(selectClass(Shown.class))
          .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
          .execute()
          .testEvents()
          .assertStatistics(all -> all.succeeded(2).failed(0));
    }
    return List.copyOf(STEPS);
  }

  @Test
  void onePlayerOfAClassPlaysForAllTestsAndIsClosedInTheEnd_SCRIPT_PLAYED() {
    assertThat(steps()).filteredOn("made"::equals).hasSize(1);
    assertThat(steps()).filteredOn("closed"::equals).hasSize(1);
    assertThat(steps()).startsWith("made").endsWith("closed");
  }

  @Test
  void itBringsWhatItNeedsOnceForEachScript_SCRIPT_PLAYED() {
    assertThat(steps()).filteredOn("beside"::equals).hasSize(2);
    assertThat(steps()).contains("plays bob").doesNotContain("plays alice", "plays carol");
  }

  @Test
  void nobodyJoinsBeforeItKnowsThem_FOREIGN_MEETS() {
    assertThat(steps())
        .containsSubsequence("bob knows ALICE", "bob joins", "bob knows CAROL")
        .doesNotContain("bob knows BOB");
    assertThat(steps()).filteredOn("bob knows ALICE"::equals).hasSize(1);
  }
}
