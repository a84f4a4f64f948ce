package io.matrixrtc.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.server.EmbeddedServer;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scripts find a fault in a key manager, and message and trace name it. The same expectations hold
 * for the library's own manager in {@link TenScriptsTest}.
 */
class BrokenKeyManagersTest {
  /** For what cannot come; what must come first has the usual patience. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  /** Of a whole script whose last expectation is the one that is not met. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private static Path folder;

  private interface Story {
    void play(CallScript call, CallDevice alice, CallDevice bob, CallDevice carol);
  }

  @Test
  void aKeySentToTheWrongIndexIsFound_SCRIPT_BROKEN() {
    String message =
        failureOf(
            BrokenKeys.sendsToTheWrongIndex(),
            (call, alice, bob, carol) -> {
              call.start(alice, bob);
              call.expect(alice).toHear(bob);
              call.goOn(Duration.ofSeconds(3));
              call.expect(bob).within(SHORT).toHear(alice);
            });
    assertThat(message)
        .matches(
            "expected bob to hear alice; not so after 2000 ms: alice encrypts with key (\\d+)"
                + " \\(([0-9a-f]{4})\\); bob was sent that key under the wrong index: \\d+ in place"
                + " of \\1 \\[seed 1]");
  }

  @Test
  void aSkippedDeviceIsFound_SCRIPT_BROKEN() {
    String message =
        failureOf(
            BrokenKeys.skips("CAROL"),
            (call, alice, bob, carol) -> {
              call.start(alice, bob, carol);
              call.expect(bob).toHear(alice, carol);
              call.expect(carol).toHear(bob);
              call.expect(carol).within(SHORT).toHear(alice);
            });
    assertThat(message)
        .contains(
            "expected carol to hear alice; not so after 2000 ms: alice encrypts with key",
            "carol has no key of it",
            "reported as sent to carol and never arrived there: this device was skipped");
  }

  @Test
  void aLeaverWhoIsNotRotatedForIsFound_SCRIPT_BROKEN() {
    String message =
        failureOf(
            BrokenKeys.keepsItsKeyWhenSomebodyLeaves(),
            (call, alice, bob, carol) -> {
              call.start(alice, bob, carol);
              call.expectAll().toHearEachOther();
              Moment leave = carol.leave();
              call.expect(bob).toHaveRotatedSince(leave);
              call.expect(bob).toHear(alice);
              call.goOn(Duration.ofSeconds(1));
              call.softly(
                  () -> {
                    call.expect(alice).within(SHORT).toHaveRotatedSince(leave);
                    call.expect(carol).not().toHear(alice).sentSince(leave);
                  });
            });
    assertThat(message)
        .contains(
            "2 expectations were not met:\n- expected alice to have rotated since carol left; not"
                + " so after 2000 ms: alice made no key since then and encrypts with key",
            ", which carol holds, who is no longer in the call",
            "- expected carol not to hear alice sent since carol left; watched for ",
            " frames open with what carol was given; the first is under key ");
  }

  @Test
  void aKeyThatIsUsedTooEarlyIsFound_SCRIPT_BROKEN() {
    String message =
        failureOf(
            BrokenKeys.usesKeysAtOnce(),
            (call, alice, bob, carol) -> {
              call.start(alice, bob);
              call.expectAll().toHearEachOther();
              call.faults().of(alice).delayRequests("/sendToDevice/", Duration.ofMillis(300));
              Moment join = carol.join();
              call.expect(alice).toHaveRotatedSince(join);
              call.expectAll().toHearEachOther();
              call.expect(alice).toHaveUsedKeysOnlyOnceServed();
            });
    assertThat(message)
        .containsPattern(
            "expected alice to have used keys only once they were served; watched for \\d+ ms: key ")
        .containsPattern("was used at \\d+ ms, before it was confirmed as sent to (bob|carol)");
  }

  private static final Story SEARCHED =
      (call, alice, bob, carol) -> {
        call.start(alice, bob);
        call.expectAll().toHearEachOther();
        call.expectServer().notToHaveSeenAKeyOf(bob);
        call.expectServer().notToHaveSeenAKeyOf(alice);
      };

  private static final String IN_THE_CLEAR =
      "expected the homeserver and the relay not to have seen a key of alice; watched for \\d+ ms: key"
          + " [0-9a-f]{4} of alice went by in the clear \\[seed 1]";

  @Test
  void aKeyInTheClearIsFound_SCRIPT_BROKEN() {
    assertThat(failureOf(BrokenKeys.sendsInTheClear(), SEARCHED)).matches(IN_THE_CLEAR);
  }

  /** Where there is no database to look into, in what goes by. */
  @Test
  void aKeyInTheClearIsFoundOnAnyHomeserver_SCRIPT_BROKEN() {
    try (EmbeddedServer elsewhere = EmbeddedServer.start(0)) {
      assertThat(
              failureOf(
                  ScriptSettings.at(elsewhere.baseUrl()), BrokenKeys.sendsInTheClear(), SEARCHED))
          .matches(IN_THE_CLEAR);
    }
  }

  /** Of the ten, as they stand, one at least finds each fault, and names it. */
  @TestFactory
  Stream<DynamicTest> theTenScriptsFindEachFault_SCRIPT_BROKEN() {
    TenScriptsTest ten = new TenScriptsTest();
    return Stream.of(
        found(
            "a wrong index by the first call",
            BrokenKeys.sendsToTheWrongIndex(),
            (call, alice, bob, carol) -> ten.firstCall_SCRIPT_FIRST(call, alice, bob),
            "expected bob to hear alice",
            "was sent that key under the wrong index"),
        found(
            "a skipped device by the late joiner",
            BrokenKeys.skips("CAROL"),
            ten::lateJoiner_SCRIPT_LATE,
            "expected carol to hear alice",
            "this device was skipped"),
        found(
            "a kept key by the leaver",
            BrokenKeys.keepsItsKeyWhenSomebodyLeaves(),
            ten::leaver_SCRIPT_LEAVER,
            "expected alice to have rotated since carol left",
            "carol holds, who is no longer in the call"),
        found(
            "a key used too early by the trouble during a rotation",
            BrokenKeys.usesKeysAtOnce(),
            ten::troubleDuringARotation_SCRIPT_TROUBLE,
            "expected alice to have used keys only once they were served",
            "before it was confirmed as sent to "),
        found(
            "a key in the clear by the first call",
            BrokenKeys.sendsInTheClear(),
            (call, alice, bob, carol) -> ten.firstCall_SCRIPT_FIRST(call, alice, bob),
            "of alice went by in the clear"));
  }

  private static DynamicTest found(String name, KeyWiring fault, Story script, String... named) {
    ScriptSettings settings = ScriptSettings.embedded().withPatience(PATIENCE);
    return DynamicTest.dynamicTest(
        name, () -> assertThat(failureOf(settings, fault, script)).contains(named));
  }

  /** What the script says about an alice with this wiring; its trace says it too, as written. */
  private static String failureOf(KeyWiring alicesKeys, Story story) {
    return failureOf(ScriptSettings.embedded(), alicesKeys, story);
  }

  private static String failureOf(ScriptSettings settings, KeyWiring alicesKeys, Story story) {
    try (CallScript call = CallScript.open(settings)) {
      CallDevice alice = call.device("alice").withKeys(alicesKeys);
      UnmetExpectation unmet =
          catchThrowableOfType(
              UnmetExpectation.class,
              () -> story.play(call, alice, call.device("bob"), call.device("carol")));
      assertThat(unmet).as("the fault is found").isNotNull();
      String message = String.valueOf(unmet.getMessage());
      List<TraceEvent.Checked> failed =
          call.trace().events(TraceEvent.Checked.class).stream()
              .filter(check -> !check.passed())
              .toList();
      assertThat(failed).isNotEmpty();
      Path lines = folder.resolve("failed.jsonl");
      Path page = folder.resolve("failed.html");
      call.writeTrace(lines);
      call.writeTrace(page);
      for (TraceEvent.Checked check : failed) {
        assertThat(message).contains("expected " + check.claim() + "; " + check.detail());
        assertThat(lines).content().contains(check.claim(), check.detail());
        assertThat(page).content().contains(check.claim(), check.detail());
      }
      return message;
    }
  }
}
