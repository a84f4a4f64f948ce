package io.matrixrtc.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.matrixrtc.testkit.Faults;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.relay.SecretSearch;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script API itself promises. */
class ScriptRulesTest {
  @Test
  void aNegativeExpectationFailsWithItsControl_SCRIPT_CONTROL() {
    try (CallScript call = CallScript.open(ScriptSettings.embedded())) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      call.start(alice, bob);
      Moment later = new Moment("the far future", call.now("now").at().plusSeconds(86_400), 0);
      call.expect(bob).toHear(alice);
      assertThatThrownBy(() -> call.expect(bob).not().toHear(alice).sentSince(later))
          .isInstanceOf(UnmetExpectation.class)
          .hasMessage(
              "expected bob not to hear alice sent since the far future; that cannot be told, since"
                  + " the control failed: alice's own keys open these frames, 0 of 0 open; watched"
                  + " for 0 ms: none of 0 frames opens [seed 1]");
      CallDevice carol = call.device("carol");
      call.admit(List.of(carol));
      assertThatThrownBy(() -> call.expect(bob).not().toHaveAKeyOf(carol, alice))
          .hasMessageContaining("the control failed: alice has a key of carol, 0 keys");
      call.expect(carol).not().toHaveAKeyOf(alice, bob);
      assertThat(checks(call))
          .extracting(TraceEvent.Checked::passed)
          .containsExactly(true, false, false, true);
    }
  }

  @Test
  void aNegativeExpectationSaysForHowLongItWatched_EXPECT_SAYS() {
    try (CallScript call = CallScript.open(ScriptSettings.embedded().inVirtualTime())) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      call.start(alice, bob);
      call.expect(bob).toHear(alice);
      Moment here = call.now("here");
      call.goOn(Duration.ofSeconds(3));
      Moment there = call.now("there");
      call.goOn(Duration.ofSeconds(1));
      assertThatThrownBy(() -> call.expect(bob).not().toHear(alice).sentBetween(here, there))
          .hasMessageMatching(
              "expected bob not to hear alice sent between here and there; watched for 3000 ms:"
                  + " (\\d+) of \\1 frames open with what bob was given; .*");
      assertThatThrownBy(() -> call.expect(bob).not().toHear(alice).sentSince(here))
          .hasMessageContaining("sent since here; watched for 4000 ms: ");
      long ever = call.world().clock().elapsed().toMillis();
      assertThat(ever).isGreaterThan(4000);
      assertThatThrownBy(() -> call.expect(bob).not().toHear(alice).ever())
          .hasMessageContaining("ever; watched for " + ever + " ms: ");
      assertThatThrownBy(() -> call.expect(bob).not().toHaveAKeyOf(alice, bob))
          .hasMessageContaining(
              "not to have a key of alice; watched for " + ever + " ms: it was given key ");
      call.expect(alice).toHaveUsedKeysOnlyOnceServed();
      assertThat(checks(call).get(checks(call).size() - 1).detail())
          .as("also where all is well")
          .matches("watched for " + ever + " ms: \\d+ keys were served first");
    }
  }

  @Test
  void aRotationIsDatedByTheRelaysFirstFrameUnderTheNewKey_SCRIPT_ORDER() {
    try (CallScript call = CallScript.open(ScriptSettings.embedded())) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      call.start(alice, bob);
      call.expectAll().toHearEachOther();
      Moment here = call.now("here");
      call.goOn(Duration.ofSeconds(1));
      Moment leave = bob.leave(); // with nobody left to wait for, the new key is used at once
      Moment rotated = call.expect(alice).toHaveRotatedSince(leave);
      Set<Integer> before = keyIndexes(call, alice, here.at(), rotated.at());
      Set<Integer> since = keyIndexes(call, alice, rotated.at(), Instant.MAX);
      assertThat(before).isNotEmpty();
      assertThat(since).isNotEmpty().doesNotContainAnyElementsOf(before);
    }
  }

  private static Set<Integer> keyIndexes(
      CallScript call, CallDevice sender, Instant from, Instant until) {
    return call.world().tape().framesBetween(from, until).stream()
        .filter(frame -> frame.sender().equals(sender.identity()))
        .map(frame -> frame.frame().copyPayload())
        .map(payload -> payload[payload.length - 1] & 0xFF)
        .collect(Collectors.toSet());
  }

  @Test
  void anExpectationWithoutItsEndIsAnError_SCRIPT_HALF() {
    CallScript call = CallScript.open(ScriptSettings.embedded());
    CallDevice alice = call.device("alice");
    CallDevice bob = call.device("bob");
    SentFrames half = call.expect(bob).not().toHear(alice);
    assertThat(half).isNotNull();
    assertThatThrownBy(call::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the expectation \"bob not to hear alice …\" has no end: add sentBefore, sentSince or"
                + " ever");
  }

  @Test
  void softExpectationsFailOnceWithAllThatWasNotMet_SCRIPT_SOFT() {
    Duration bit = Duration.ofMillis(30);
    try (CallScript call = CallScript.open(ScriptSettings.embedded().withSeed(42))) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      call.admit(List.of(alice, bob));
      assertThatThrownBy(
              () ->
                  call.softly(
                      () -> {
                        call.expect(bob).within(bit).toHear(alice);
                        call.expect(alice).within(bit).toHaveTheKeyOf(bob);
                      }))
          .isInstanceOf(UnmetExpectation.class)
          .hasMessage(
              "2 expectations were not met:\n"
                  + "- expected bob to hear alice; not so after 30 ms: alice has sent no frame\n"
                  + "- expected alice to have the key of bob; not so after 30 ms: bob has sent no"
                  + " frame [seed 42]");
      call.softly(() -> assertThat(call.random().nextInt()).isEqualTo(call.random().nextInt()));
    }
  }

  @Test
  void messagesAreInTheTraceInBothFormsAndKeysInNone_TRACE_MESSAGES() throws Exception {
    try (CallScript call = CallScript.open(ScriptSettings.embedded())) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      call.start(alice, bob);
      call.expectAll().toHearEachOther();
      Trace trace = call.trace();
      List<TraceEvent.MessageSent> keys =
          trace.events(TraceEvent.MessageSent.class).stream()
              .filter(message -> message.type().equals("io.element.call.encryption_keys"))
              .toList();
      assertThat(keys).isNotEmpty();
      for (TraceEvent.MessageSent message : keys) {
        String shown = new ObjectMapper().readTree(message.clear()).at("/keys/key").asText();
        assertThat(trace.events(TraceEvent.KeyOffered.class))
            .filteredOn(offered -> offered.key().owner().equals(message.from()))
            .extracting(offered -> "<key " + offered.key().fingerprint() + ">")
            .contains(shown);
        assertThat(message.sent()).contains("ciphertext", "m.olm.v1.").doesNotContain(shown);
        assertThat(message.outcome()).isEqualTo("200");
      }
      List<TraceEvent.MessageSent> memberships =
          trace.events(TraceEvent.MessageSent.class).stream()
              .filter(message -> message.type().equals("org.matrix.msc3401.call.member"))
              .toList();
      assertThat(memberships)
          .hasSizeGreaterThanOrEqualTo(2)
          .allMatch(TraceEvent.MessageSent::inClear);
      String all = trace.entries().stream().map(TraceJson::line).collect(Collectors.joining("\n"));
      List<byte[]> materials = new ArrayList<>(alice.materials());
      materials.addAll(bob.materials());
      assertThat(materials).hasSizeGreaterThanOrEqualTo(4);
      for (byte[] material : materials) {
        SecretSearch search = SecretSearch.of(SecretSearch.encodingsOf("key", material));
        assertThat(search.find(all.getBytes(StandardCharsets.UTF_8))).isEmpty();
      }
    }
  }

  @Test
  void aHomeserverBehindAnUrlHasScriptsWithFaultsAndASearch_SCRIPT_ANYWHERE() {
    try (EmbeddedServer server = EmbeddedServer.start(0);
        CallScript call = CallScript.open(ScriptSettings.at(server.baseUrl()))) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      CallDevice carol = call.device("carol");
      call.start(alice, bob, carol);
      call.expectAll().toHearEachOther();
      Faults.Running lost = call.faults().of(bob).loseAnswers("/sendToDevice/", 1);
      call.faults().withholdSync(carol);
      call.faults().restartServer();
      call.faults().releaseSync(carol);
      Moment leave = carol.leave();
      Moment rotated = call.expectAll().toHaveRotatedSince(leave);
      call.expectAll().toHearEachOther();
      call.goOn(Duration.ofSeconds(1));
      call.expect(carol).not().toHear(alice).sentSince(rotated);
      assertThat(lost.hits()).isEqualTo(1);
      call.expectServer().notToHaveSeenAKeyOf(alice);
      assertThat(call.world().server().orElseThrow().log())
          .as("the keys went by here, and the search would have found them in clear")
          .anyMatch(text -> new String(text, StandardCharsets.UTF_8).contains("/sendToDevice/"));
    }
  }

  @Test
  void aCrashIsNoticedWhereDelayedEventsCannotBeSentEarly_SCRIPT_ANYWHERE() {
    try (EmbeddedServer server = EmbeddedServer.start(0);
        CallScript call = CallScript.open(ScriptSettings.at(server.baseUrl()))) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      call.start(alice, bob);
      call.expectAll().toHearEachOther();
      Moment crash = bob.crash();
      call.faults().deadManSwitchFires(bob);
      call.expect(alice).toHaveRotatedSince(crash);
    }
  }

  @Test
  void roomEventsAreInTheTraceInBothForms_TRACE_MESSAGES() throws Exception {
    try (CallScript call = CallScript.open(ScriptSettings.embedded())) {
      CallDevice alice = call.device("alice").withKeys(KeyWiring.roomEvents());
      CallDevice bob = call.device("bob").withKeys(KeyWiring.adaptive());
      call.start(alice, bob);
      call.expectAll().toHearEachOther();
      List<TraceEvent.MessageSent> keys =
          call.trace().events(TraceEvent.MessageSent.class).stream()
              .filter(message -> message.to().equals("room") && !message.inClear())
              .toList();
      assertThat(keys).extracting(TraceEvent.MessageSent::from).contains(alice.identity());
      for (TraceEvent.MessageSent message : keys) {
        assertThat(message.clear()).contains("<key ");
        assertThat(message.sent()).contains("m.megolm.v1.", "ciphertext").doesNotContain("<key ");
      }
      assertThat(call.trace().events(TraceEvent.MessageSent.class))
          .filteredOn(message -> message.from().equals(alice.identity()))
          .allMatch(message -> !message.clear().isEmpty(), "known as it was meant")
          .filteredOn(message -> message.type().equals("m.room_key"))
          .isNotEmpty()
          .allMatch(message -> message.clear().contains("<key ") && !message.inClear());
    }
  }

  @Test
  void aDeviceThatWasCutOffCatchesUp_SCRIPT_PARTITION() {
    try (CallScript call = CallScript.open(ScriptSettings.embedded())) {
      CallDevice alice = call.device("alice");
      CallDevice bob = call.device("bob");
      CallDevice carol = call.device("carol");
      call.start(alice, bob, carol);
      call.expectAll().toHearEachOther();
      Faults.Running partition = call.faults().partition(bob);
      Moment leave = carol.leave();
      call.expect(alice).toHaveRotatedSince(leave);
      assertThatThrownBy(() -> call.expect(bob).within(Duration.ofMillis(300)).toHear(alice))
          .hasMessageContaining("bob has key");
      partition.end();
      assertThat(partition.hits()).isPositive();
      call.expect(bob).toHear(alice);
      call.expect(bob).toHaveRotatedSince(leave);
      call.expect(alice).toHear(bob);
    }
  }

  @Test
  void aTraceIsWrittenWhenItIsAskedFor_TRACE_DEMAND(@TempDir Path folder) throws Exception {
    Path lines = folder.resolve("a/call.jsonl");
    Path page = folder.resolve("a/call.html");
    CallScript call =
        CallScript.open(ScriptSettings.embedded().inVirtualTime().titled("On demand"));
    try (call) {
      call.writeTrace(lines);
      int before = TraceJson.read(lines).entries().size();
      call.start(call.device("alice"), call.device("bob"));
      call.expectAll().toHearEachOther();
      call.writeTrace(lines);
      assertThat(TraceJson.read(lines).entries()).hasSizeGreaterThan(before);
      call.writeTrace(page);
      assertThat(Files.readString(page)).contains("<title>On demand</title>", "bob to hear alice");
      assertThatThrownBy(() -> call.writeTrace(lines.resolve("under/a/file.jsonl")))
          .isInstanceOf(ScriptException.class)
          .hasMessageContaining("cannot write the trace to ");
    }
    call.writeTrace(lines);
    assertThat(TraceJson.read(lines).entries()).isEqualTo(call.trace().entries());
  }

  @Test
  void devicesHaveNamesThatAreUserAndDevice() {
    try (CallScript call = CallScript.open(ScriptSettings.embedded())) {
      assertThat(call.device("bob/phone")).isSameAs(call.device("bob/phone"));
      assertThat(call.device("bob/phone").user()).isEqualTo("bob");
      assertThat(call.device("bob/phone").deviceId()).isEqualTo("BOBPHONE");
      for (String bad : List.of("", "Bob", "a/b/c", "/a", "a b")) {
        assertThatThrownBy(() -> call.device(bad)).isInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(() -> call.device("bob/phone").leave())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has not signed in");
    }
  }

  private static List<TraceEvent.Checked> checks(CallScript call) {
    return call.trace().entries().stream()
        .map(TraceEntry::event)
        .filter(TraceEvent.Checked.class::isInstance)
        .map(TraceEvent.Checked.class::cast)
        .toList();
  }
}
