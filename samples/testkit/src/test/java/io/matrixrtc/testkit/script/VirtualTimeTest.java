package io.matrixrtc.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.delayed.DelayedEventPolicy;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.scenario.Scenario;
import io.matrixrtc.testkit.scenario.ScenarioRun;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceJson;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
  /** What is drawn from no seed: keys, and the ids that the homeserver makes. */
  private static final Pattern DRAWN =
      Pattern.compile("[!$][A-Za-z0-9+/_=-]{10,}(:localhost)?|[0-9a-f]{16}|[A-Za-z0-9+/_-]{22,}=*");

  private static CallScript open(HomeserverConfig config) {
    return CallScript.open(ScriptSettings.embedded(config).inVirtualTime());
  }

  private static CallScript open() {
    return open(HomeserverConfig.defaults());
  }

  @Test
  void theDelayedLeaveOfACrashedDeviceComesByItself_VIRTUAL_TIMERS() {
    try (CallScript call = open()) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      CallDevice carol = call.device("carol");
      call.start(alice, bob, carol);
      call.expectAll().toHearEachOther();
      Moment crash = carol.crash();
      Moment rotated = call.expectAll().toHaveRotatedSince(crash);
      assertThat(Duration.between(crash.at(), rotated.at()))
          .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(30));
      call.expectAll().toHearEachOther();
      call.goOn(Duration.ofSeconds(1));
      call.expect(carol).not().toHear(alice).sentSince(rotated);
    }
  }

  @Test
  void hoursPassInSecondsUntilAMembershipExpires_VIRTUAL_JUMPS() {
    HomeserverConfig config =
        HomeserverConfig.defaults().withDelayedEvents(DelayedEventPolicy.off());
    long begun = System.nanoTime();
    try (CallScript call = open(config)) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      CallDevice carol = call.device("carol");
      call.start(alice, bob, carol);
      call.expectAll().toHearEachOther();
      alice.mute();
      bob.mute();
      Moment crash = carol.crash();
      call.goOn(Duration.ofHours(3).plusMinutes(59));
      assertThat(left(call, crash)).isEmpty();
      call.goOn(Duration.ofMinutes(1));
      assertThat(left(call, crash)).hasSize(2);
      alice.unmute();
      Moment rotated = call.expect(alice).toHaveRotatedSince(crash);
      assertThat(Duration.between(crash.at(), rotated.at())).isGreaterThan(Duration.ofHours(3));
      call.expect(bob).toHear(alice);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .as("a sixtieth of the time that was played, on any machine")
        .isLessThan(Duration.ofHours(4).dividedBy(60));
  }

  /** The keys that were made for a leave since then. */
  private static List<TraceEvent> left(CallScript call, Moment since) {
    return call.world().view().since(since.mark()).stream()
        .map(TraceEntry::event)
        .filter(TraceEvent.KeyMade.class::isInstance)
        .filter(event -> ((TraceEvent.KeyMade) event).reason().equals(KeyTraces.MEMBER_LEFT))
        .toList();
  }

  @Test
  void equalSeedsGiveEqualTraces_VIRTUAL_REPEATS() {
    List<String> seven = traceOf(7);
    List<String> eight = traceOf(8);
    assertThat(eight).isNotEqualTo(seven);
    for (int again = 0; again < 3; again++) {
      assertThat(traceOf(7)).isEqualTo(seven);
      assertThat(traceOf(8)).isEqualTo(eight);
    }
  }

  private static List<String> traceOf(long seed) {
    ScriptSettings settings = ScriptSettings.embedded().inVirtualTime().withSeed(seed);
    try (CallScript call = CallScript.open(settings)) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      CallDevice carol = call.device("carol");
      call.start(alice, bob);
      call.faults().link(bob, call.faults().seededLink().dropping(0.2).reordering(0.2, 4));
      call.faults().of(alice).tooManyRequests("/sendToDevice/", 2, Duration.ofMillis(50));
      carol.join();
      call.expectAll().toHearEachOther();
      Moment leave = bob.leave();
      call.expect(alice).toHaveRotatedSince(leave);
      call.expectAll().toHearEachOther();
      call.faults().restartServer();
      call.goOn(Duration.ofSeconds(5));
      Map<String, String> names = new HashMap<>();
      return call.trace().entries().stream()
          .filter(entry -> !(entry.event() instanceof TraceEvent.CallStarted))
          .map(TraceJson::line)
          .map(line -> withoutDrawn(line, names))
          .toList();
    }
  }

  /** Each drawn text by the order in which it first came: equal ones stay equal. */
  private static String withoutDrawn(String line, Map<String, String> names) {
    return DRAWN
        .matcher(line)
        .replaceAll(found -> names.computeIfAbsent(found.group(), text -> "#" + names.size()));
  }

  @Test
  void whatIsNotMetFailsAfterItsVirtualPatience_VIRTUAL_PATIENCE() {
    ScriptSettings settings =
        ScriptSettings.embedded().inVirtualTime().withPatience(Duration.ofMinutes(5));
    long begun = System.nanoTime();
    try (CallScript call = CallScript.open(settings)) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      call.start(alice, bob);
      call.expectAll().toHearEachOther();
      alice.mute();
      bob.mute();
      Moment now = call.now("nothing");
      Instant before = call.world().clock().instant();
      assertThatThrownBy(() -> call.expect(alice).toHaveRotatedSince(now))
          .isInstanceOf(UnmetExpectation.class)
          .hasMessageContaining("expected alice to have rotated")
          .hasMessageContaining("not so after 300000 ms")
          .hasMessageContaining("[seed 1]");
      assertThat(Duration.between(before, call.world().clock().instant()))
          .isEqualTo(Duration.ofMinutes(5));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .as("less than the patience itself")
        .isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void aScenarioFileIsPlayedInVirtualTime_VIRTUAL_SCENARIO() throws Exception {
    Scenario scenario =
        Scenario.parse(
            """
            time: virtual
            devices: [alice, bob, carol]
            steps:
              - start: [alice, bob, carol]
              - hear: everyone
              - crash: carol
                as: crash
              - rotated: {device: everyone, since: crash}
              - wait: 30s
              - hear: everyone
            """);
    ScenarioRun run = new ScenarioRun(scenario);
    try (CallScript call = CallScript.open(run.settings(ScriptSettings.embedded()))) {
      assertThat(call.settings().virtualTime()).isTrue();
      assertThat(run.play(call, new ScenarioRun.Listener() {})).isEmpty();
      assertThat(call.world().clock().elapsed()).isGreaterThan(Duration.ofSeconds(30));
    }
    assertThatThrownBy(() -> Scenario.parse("time: fast\ndevices: [alice]\nsteps:\n  - wait: 1s\n"))
        .hasMessageContaining("time: want real or virtual, got 'fast'");
  }

  @Test
  void whatIsNotInThisProcessIsRefused_VIRTUAL_NEEDS() {
    ScriptSettings elsewhere = ScriptSettings.at(URI.create("http://127.0.0.1:1")).inVirtualTime();
    assertThatThrownBy(() -> CallScript.open(elsewhere))
        .isInstanceOf(ScriptException.class)
        .hasMessage("virtual time needs the embedded homeserver and Java devices");
    try (CallScript call = open()) {
      CallDevice alice = call.device("alice");
      assertThatThrownBy(
              () ->
                  alice.playedBy(
                      (spec, trace) -> {
                        throw new IllegalStateException("not asked");
                      }))
          .isInstanceOf(ScriptException.class)
          .hasMessage("virtual time needs the embedded homeserver and Java devices");
    }
  }
}
