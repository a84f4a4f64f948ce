package io.matrixrtc.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.UnmetExpectation;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What a script that fails leaves behind, and one that passes does not. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class FailedScriptsTest {
  @TempDir Path folder;

  private Events run(Class<?> scripts) {
    System.setProperty(ScriptedCallExtension.TRACES, folder.toString());
    try {
      return EngineTestKit.engine("junit-jupiter")
          .selectors(selectClass(scripts))
          .execute()
          .testEvents();
    } finally {
      System.clearProperty(ScriptedCallExtension.TRACES);
    }
  }

  private List<String> left() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFailureLeavesItsTraceAndAPageThatShowsIt_SCRIPT_JUNIT() throws Exception {
    Events events = run(Fails.class);
    assertThat(events.failed().count()).isEqualTo(1);
    assertThat(events.succeeded().count()).as("the control, which leaves nothing").isEqualTo(1);
    assertThat(left()).containsExactly("Fails.unmet.html", "Fails.unmet.jsonl");
    Throwable failure =
        events
            .failed()
            .map(event -> event.getRequiredPayload(TestExecutionResult.class))
            .flatMap(result -> result.getThrowable().stream())
            .findFirst()
            .orElseThrow();
    assertThat(failure).isInstanceOf(UnmetExpectation.class).hasMessageContaining("[seed 11]");
    assertThat(failure.getSuppressed())
        .singleElement()
        .extracting(Throwable::getMessage)
        .asString()
        .contains(folder.resolve("Fails.unmet.html").toString());
    assertThat(TraceJson.read(folder.resolve("Fails.unmet.jsonl")).events(TraceEvent.Checked.class))
        .extracting(TraceEvent.Checked::passed)
        .containsExactly(false);
    assertThat(folder.resolve("Fails.unmet.html")).content().contains("alice to hear bob");
  }

  @Test
  void eachRunOfARepeatedTestLeavesATraceOfItsOwn_SCRIPT_JUNIT() throws Exception {
    assertThat(run(FailsTwice.class).failed().count()).isEqualTo(2);
    assertThat(left()).hasSize(4);
  }

  /** Not a test of its own. */
  @ScriptedCallTest(seed = 11)
  static class Fails {
    @Test
    void unmet(CallScript call, CallDevice alice, CallDevice bob) {
      call.admit(List.of(alice, bob));
      call.expect(alice).within(Duration.ofMillis(10)).toHear(bob);
    }

    @Test
    void met(CallScript call, CallDevice alice) {
      call.admit(List.of(alice));
    }
  }

  /** Not a test of its own. */
  @ScriptedCallTest
  static class FailsTwice {
    @RepeatedTest(2)
    @DisplayName("a name with / in it")
    void unmet(CallScript call, CallDevice alice, CallDevice bob) {
      call.admit(List.of(alice, bob));
      call.expect(alice).within(Duration.ofMillis(10)).toHear(bob);
    }
  }
}
