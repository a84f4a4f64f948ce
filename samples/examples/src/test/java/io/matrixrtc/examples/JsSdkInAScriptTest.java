package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.agent.KeyWiring;
import io.matrixrtc.testkit.junit.PlayedBy;
import io.matrixrtc.testkit.junit.ScriptedCallTest;
import io.matrixrtc.testkit.peers.JsSdk;
import io.matrixrtc.testkit.script.CallDevice;
import io.matrixrtc.testkit.script.CallScript;
import io.matrixrtc.testkit.script.Moment;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Scripts in which ours share keys with matrix-js-sdk. They need Node and npm, and are run by
 * {@code samples/interop/run scripts}.
 */
@Tag("interop")
@ScriptedCallTest
class JsSdkInAScriptTest {
  @Test
  void aLeaverHearsNoMoreOfEither(
      CallScript call,
      CallDevice alice,
      @PlayedBy(JsSdk.class) CallDevice bob,
      @PlayedBy(JsSdk.class) CallDevice carol) {
    call.start(alice, bob, carol);
    call.expectAll().toHearEachOther();
    Moment leave = carol.leave();
    Moment ours = call.expect(alice).toHaveRotatedSince(leave);
    Moment theirs = call.expect(bob).toHaveRotatedSince(leave);
    call.expectAll().toHearEachOther();
    call.goOn(Duration.ofSeconds(1));
    call.expect(carol).not().toHear(alice).sentSince(ours);
    call.expect(carol).not().toHear(bob).sentSince(theirs);
    call.expectServer().notToHaveSeenAKeyOf(bob);
    assertThat(call.trace().events(TraceEvent.MessageSent.class))
        .as("the trace has its messages, as the homeserver got them")
        .filteredOn(message -> message.from().equals(bob.identity()))
        .extracting(TraceEvent.MessageSent::to)
        .contains(alice.identity(), "room");
  }

  @Test
  void aPageThatIsLoadedAgainIsGivenKeysAgain(
      CallScript call, CallDevice alice, @PlayedBy(JsSdk.class) CallDevice bob) {
    call.start(alice, bob);
    call.expectAll().toHearEachOther();
    Moment reload = bob.reload();
    call.expect(alice).toHaveServed(bob, reload);
    call.expectAll().toHearEachOther();
  }

  /** Named in the script, where not every device comes as a parameter. */
  @Test
  void anOldClientIsSpokenToByRoomEvents(CallScript call, CallDevice alice) {
    CallDevice old = call.device("old").playedBy(JsSdk.oldParticipant());
    alice.withKeys(KeyWiring.adaptive());
    call.start(alice, old);
    call.expectAll().toHearEachOther();
    call.expectServer().notToHaveSeenAKeyOf(alice);
  }
}
