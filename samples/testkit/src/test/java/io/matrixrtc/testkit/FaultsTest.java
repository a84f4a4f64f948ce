package io.matrixrtc.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.relay.CloseReason;
import io.matrixrtc.testkit.relay.LinkFaults;
import io.matrixrtc.testkit.server.ProxiedServer;
import io.matrixrtc.testkit.server.RemoteServer;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Calls in which something goes wrong, and which go on. */
class FaultsTest {
  private static final String SEND_TO_DEVICE = "/sendToDevice/";

  @Test
  void aRotationSurvivesRateLimits_FAULT_HTTP() throws Exception {
    try (ScriptedCall call = ScriptedCall.running(3)) {
      int mark = call.world.view().mark();
      Faults.Running limits =
          call.world.faults().tooManyRequests(SEND_TO_DEVICE, 2, Duration.ofMillis(100));
      Faults.Running errors = call.world.faults().serverErrors(SEND_TO_DEVICE, 1, 502);
      call.carol().leaveCall();
      expectRotatedAndHeard(call, mark);
      assertThat(limits.hits()).isEqualTo(2);
      assertThat(errors.hits()).isEqualTo(1);
      limits.end();
      assertThat(faults(call))
          .containsExactlyInAnyOrder(
              new TraceEvent.FaultChanged(
                  "too many requests", "server", true, "/sendToDevice/, 2 times"),
              new TraceEvent.FaultChanged(
                  "server error", "server", true, "/sendToDevice/, 1 times"),
              new TraceEvent.FaultChanged(
                  "too many requests", "server", false, "2 requests met it"),
              new TraceEvent.FaultChanged("server error", "server", false, "1 requests met it"));
    }
  }

  @Test
  void aKeyWhoseAnswerWasLostArrivesOnce_FAULT_HTTP() throws Exception {
    try (ScriptedCall call = ScriptedCall.running(3)) {
      int mark = call.world.view().mark();
      Faults ofAlice = call.world.faults().of(call.alice());
      Faults.Running lost = ofAlice.loseAnswers(SEND_TO_DEVICE, 1);
      call.carol().leaveCall();
      expectRotatedAndHeard(call, mark);
      assertThat(lost.hits()).isEqualTo(1);
      KeyRef key = call.world.view().keyInUse(call.alice().identity()).orElseThrow();
      assertThat(since(call, mark, TraceEvent.KeyReceived.class))
          .filteredOn(received -> received.key().equals(key))
          .as("the server has it already when it is sent again")
          .containsExactly(new TraceEvent.KeyReceived(key, call.bob().identity()));
      assertThat(since(call, mark, TraceEvent.KeyUsed.class))
          .filteredOn(used -> used.key().equals(key))
          .hasSize(1);
    }
  }

  @Test
  void slowAndLostRequestsDelayARotationAndDoNotPreventIt_FAULT_HTTP() throws Exception {
    try (ScriptedCall call = ScriptedCall.running(3)) {
      int mark = call.world.view().mark();
      Faults.Running dropped = call.world.faults().dropRequests(SEND_TO_DEVICE, 1);
      Duration bit = Duration.ofMillis(50);
      Faults.Running slow = call.world.faults().delayRequests(SEND_TO_DEVICE, bit);
      Faults.Running slowAnswers = call.world.faults().of(call.bob()).delayAnswers("/sync", bit);
      call.carol().leaveCall();
      expectRotatedAndHeard(call, mark);
      assertThat(dropped.hits()).isEqualTo(1);
      assertThat(slow.hits()).isPositive();
      slow.end();
      slowAnswers.end();
      int hits = slow.hits();
      call.alice().postMessage("done");
      assertThat(slow.hits()).as("an ended fault happens no more").isEqualTo(hits);
    }
  }

  @Test
  void aCallSurvivesARestartOfTheServer_FAULT_RESTART() throws Exception {
    try (ScriptedCall call = ScriptedCall.running(3)) {
      long before = heard(call.bob(), call.alice()).decrypted();
      call.world.faults().restartServer();
      call.goOn(Duration.ofSeconds(2));
      assertThat(heard(call.bob(), call.alice()).decrypted()).isGreaterThan(before);
      int mark = call.world.view().mark();
      call.carol().leaveCall();
      expectRotatedAndHeard(call, mark);
      assertThat(faults(call)).extracting(TraceEvent.FaultChanged::on).containsExactly(true, false);
    }
  }

  @Test
  void withheldSyncHidesALeaveUntilItIsReleased_FAULT_SYNC() throws Exception {
    try (ScriptedCall call = ScriptedCall.running(3)) {
      int mark = call.world.view().mark();
      call.world.faults().withholdSync(call.bob());
      call.carol().leaveCall();
      call.world.expect(call.alice()).toHaveRotatedForALeaveSince(mark);
      assertThat(keysMadeBy(call, mark, call.bob())).as("bob knows of no leave").isEmpty();
      call.world.faults().releaseSync(call.bob());
      expectRotatedAndHeard(call, mark);
      assertThat(keysMadeBy(call, mark, call.bob())).as("the control").isNotEmpty();
    }
  }

  @Test
  void framesOfABadLinkStillEqualTheSource_FAULT_LINK() throws Exception {
    try (ScriptedCall call = ScriptedCall.running(2)) {
      Participant bob = call.bob();
      call.world.faults().link(bob, LinkFaults.seeded(7).dropping(0.2).reordering(0.3, 4));
      long before = heard(bob, call.alice()).decrypted();
      call.goOn(Duration.ofSeconds(6));
      long dropped = call.world.relay().dropped(bob.identity());
      call.world.faults().mendLink(bob);
      ParticipantAnswer.Heard heard = heard(bob, call.alice());
      assertThat(dropped).isPositive();
      assertThat(heard.decrypted()).isGreaterThan(before);
      assertThat(heard.differing()).isZero();
      assertThat(heard.undecryptable()).isZero();
      call.world.faults().cut(bob);
      // The relay's threads see the end of the connection when they see it.
      await().until(() -> !call.world.relay().connected().contains(bob.identity()));
      assertThatThrownBy(() -> call.world.faults().cut(bob))
          .isInstanceOf(ScriptException.class)
          .hasMessageContaining("not connected to the relay");
      await()
          .until(
              () ->
                  call.world.tape().connections().stream()
                      .anyMatch(span -> span.reason() == CloseReason.CUT));
    }
  }

  @Test
  void aHomeserverThatIsNotOursNeedsAProxyForFaults_FAULT_SERVER() throws Exception {
    URI elsewhere = URI.create("http://127.0.0.1:1");
    RemoteServer server = new RemoteServer(elsewhere, Map.of());
    try (World world = World.open(ScriptedCall.settings(server))) {
      List<Runnable> steps =
          List.of(
              () -> world.faults().dropRequests("/", 1),
              () -> world.faults().loseAnswers("/", 1),
              () -> world.faults().delayRequests("/", Duration.ofMillis(1)),
              () -> world.faults().restartServer());
      for (Runnable step : steps) {
        assertThatThrownBy(step::run)
            .isInstanceOf(ScriptException.class)
            .hasMessage(
                "faults of the homeserver need the embedded one or a ProxiedServer before it, and"
                    + " this world's is "
                    + elsewhere);
      }
      assertThat(world.trace().entries()).isEmpty();
    }
    WorldServer proxied = ProxiedServer.before(new RemoteServer(elsewhere, Map.of()));
    try (World world = World.open(ScriptedCall.settings(proxied))) {
      world.faults().dropRequests("/", 1);
      world.faults().restartServer();
      assertThat(world.trace().entries()).as("the control").hasSize(3);
    }
  }

  private static void expectRotatedAndHeard(ScriptedCall call, int mark) {
    List<Participant> stay = List.of(call.alice(), call.bob());
    stay.forEach(one -> call.world.expect(one).toHaveRotatedForALeaveSince(mark));
    call.expectAllToHearEachOther(stay);
  }

  private static List<KeyRef> keysMadeBy(ScriptedCall call, int mark, Participant who) {
    return since(call, mark, TraceEvent.KeyMade.class).stream()
        .map(TraceEvent.KeyMade::key)
        .filter(key -> key.owner().equals(who.identity()))
        .toList();
  }

  private static <E extends TraceEvent> List<E> since(ScriptedCall call, int mark, Class<E> kind) {
    return call.world.view().since(mark).stream()
        .map(TraceEntry::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  private static List<TraceEvent.FaultChanged> faults(ScriptedCall call) {
    return call.world.trace().events(TraceEvent.FaultChanged.class);
  }

  private static ParticipantAnswer.Heard heard(Participant listener, Participant sender) {
    ParticipantAnswer.Heard heard = listener.count().heard().get(sender.identity());
    if (heard == null) {
      throw new AssertionError(listener + " has heard nothing of " + sender);
    }
    return heard;
  }
}
