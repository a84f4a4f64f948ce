package io.matrixrtc.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.testkit.Faults;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys that arrive in another order than they were sent in. */
class ReorderedKeysTest {
  private static final String SEND_TO_DEVICE = "/sendToDevice/";
  private static final Duration LIMIT = Duration.ofSeconds(8);

  private static CallScript started() {
    CallScript call = CallScript.open(ScriptSettings.embedded().inVirtualTime());
    call.start(call.device("alice"), call.device("bob"), call.device("carol"), call.device("dave"));
    call.expectAll().toHearEachOther();
    return call;
  }

  /**
   * Dave leaves, and alice sends her new key before bob and carol know of it. Returns whose new
   * keys carol then gets, in that order.
   */
  private static List<String> keysAtCarolAfterALeave(CallScript call) {
    CallDevice carol = call.device("carol");
    call.faults().withholdSync(call.device("bob"));
    call.faults().withholdSync(carol);
    Moment leave = call.device("dave").leave();
    call.goOn(Duration.ofSeconds(2));
    assertThat(events(call, leave, TraceEvent.KeyOffered.class))
        .extracting(event -> event.key().owner())
        .containsOnly(call.device("alice").identity());
    call.faults().releaseSync(call.device("bob"));
    call.faults().releaseSync(carol);
    call.expectAll().toHaveRotatedSince(leave);
    call.expectAll().toHearEachOther();
    return events(call, leave, TraceEvent.KeyReceived.class).stream()
        .filter(received -> received.by().equals(carol.identity()))
        .map(received -> received.key().owner())
        .toList();
  }

  private static <E extends TraceEvent> List<E> events(
      CallScript call, Moment since, Class<E> kind) {
    return call.world().view().since(since.mark()).stream()
        .map(TraceEntry::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  @Test
  void aKeyThatArrivesAfterALaterOneIsHeard_FAULT_REORDER() {
    try (CallScript call = started()) {
      Faults.Running reorder = call.faults().reorderRequests(SEND_TO_DEVICE, 1, 2, LIMIT);
      assertThat(keysAtCarolAfterALeave(call))
          .containsExactly(call.device("bob").identity(), call.device("alice").identity());
      call.expect(reorder).toHaveHappened();
      call.expect(call.device("alice")).toHaveUsedKeysOnlyOnceServed();
      assertThat(call.trace().events(TraceEvent.FaultChanged.class))
          .contains(
              new TraceEvent.FaultChanged("reorder", "server", true, "/sendToDevice/, 1 times"),
              new TraceEvent.FaultChanged("reorder", "server", false, "1 requests met it"));
    }
    try (CallScript control = started()) {
      assertThat(keysAtCarolAfterALeave(control))
          .as("the control")
          .containsExactly(control.device("alice").identity(), control.device("bob").identity());
    }
  }

  @Test
  void aKeyThatNothingOvertakesGoesOnWhenItsTimeIsUp_FAULT_REORDER() {
    try (CallScript call = started()) {
      Faults ofAlice = call.world().faults().of(call.device("alice").participant());
      Faults.Running reorder = ofAlice.reorderRequests(SEND_TO_DEVICE, 1, 1, LIMIT);
      Moment leave = call.device("dave").leave();
      call.expectAll().toHaveRotatedSince(leave);
      call.expectAll().toHearEachOther();
      assertThat(reorder.hits()).as("she sends one key after the other").isZero();
      assertThatThrownBy(() -> call.expect(reorder).toHaveHappened())
          .isInstanceOf(UnmetExpectation.class)
          .hasMessageContaining("reorder for ")
          .hasMessageContaining("to have met 1 requests; not so after 60000 ms: 0 requests met it");
    }
  }
}
