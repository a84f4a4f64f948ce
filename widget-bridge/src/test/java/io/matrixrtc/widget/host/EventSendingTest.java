package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.ROOM;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.MatrixApiError;
import io.matrixrtc.widget.host.DelayedEventDriver.Action;
import io.matrixrtc.widget.host.DelayedEventDriver.SendDelayed;
import io.matrixrtc.widget.host.DelayedEventDriver.UpdateDelayed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The actions {@code send_event} and {@code update_delayed_event}. */
class EventSendingTest {
  private static final String MESSAGE = "org.matrix.msc2762.send.event:m.room.message#m.text";
  private static final String STATE = "org.matrix.msc2762.send.state_event:m.room.topic#";
  private static final String DELAY = "org.matrix.msc4157.send.delayed_event";
  private static final String UPDATE = "org.matrix.msc4157.update_delayed_event";
  private static final String STICKY = "org.matrix.msc4407.send.sticky_event";
  private static final String TEXT = "{'type':'m.room.message','content':{'msgtype':'m.text'}";

  private final HostRig rig =
      HostRig.granted(
          MESSAGE, STATE, DELAY, UPDATE, STICKY, "org.matrix.msc2762.send.event:m.room.redaction");

  private final HostRig plain = HostRig.granted(MESSAGE, STATE);

  private EventDriver.Send sent() {
    return rig.driver.callsOf(EventDriver.Send.class).get(0);
  }

  @Test
  void wh6Wr15AMessageIsSentAndItsIdsAreAnswered() {
    ObjectNode reply = rig.ask("send_event", TEXT + "}");
    assertThat(reply.toString())
        .isEqualTo("{\"room_id\":\"!room:example.org\",\"event_id\":\"$event1\"}");
    assertThat(sent())
        .isEqualTo(
            new EventDriver.Send(
                ROOM,
                "m.room.message",
                HostRig.json("{'msgtype':'m.text'}"),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void wh7StateWithAnEmptyKeyIsSent() {
    assertThat(
            rig.ask("send_event", "{'type':'m.room.topic','state_key':'','content':{}}")
                .path("event_id")
                .asText())
        .isEqualTo("$event1");
    assertThat(sent().stateKey()).contains("");
  }

  @Test
  void wh8Wr15ADriversFailureHasItsTextAndTheServersWords() {
    rig.driver.failures.put(EventDriver.Send.class, DriverResult.failed("secret reason"));
    assertThat(rig.ask("send_event", TEXT + "}").toString())
        .isEqualTo("{\"error\":{\"message\":\"Error sending event\"}}");
    ObjectNode body = HostRig.json("{'errcode':'M_LIMIT_EXCEEDED','retry_after_ms':3000}");
    rig.driver.failures.put(
        EventDriver.Send.class,
        DriverResult.refused(new MatrixApiError(400, Map.of(), "https://e/send", body)));
    assertThat(rig.ask("send_event", TEXT + "}").path("error").path("matrix_api_error").toString())
        .isEqualTo(
            "{\"http_status\":400,\"http_headers\":{},\"url\":\"https://e/send\",\"response\":"
                + body
                + "}");
  }

  @Test
  void wh9DelayNeedsItsGrant() {
    assertThat(plain.refused("send_event", TEXT + ",'delay':5000}"))
        .isEqualTo("Missing capability for org.matrix.msc4157.send.delayed_event");
    assertThat(plain.driver.calls).isEmpty();
  }

  @Test
  void wh10Wu10ADelayedMessageAndADelayedStateEventAnswerTheirDelayId() {
    assertThat(rig.ask("send_event", TEXT + ",'delay':5000}").toString())
        .isEqualTo("{\"room_id\":\"!room:example.org\",\"delay_id\":\"delay1\"}");
    assertThat(
            rig.ask("send_event", "{'type':'m.room.topic','state_key':'','content':{},'delay':1}")
                .path("delay_id")
                .asText())
        .isEqualTo("delay2");
    assertThat(rig.driver.callsOf(SendDelayed.class))
        .extracting(SendDelayed::delay)
        .containsExactly(Duration.ofSeconds(5), Duration.ofMillis(1));
  }

  @Test
  void wh11StickinessNeedsItsGrant() {
    assertThat(plain.refused("send_event", TEXT + ",'sticky_duration_ms':1000}"))
        .isEqualTo("Missing capability for org.matrix.msc4407.send.sticky_event");
  }

  @Test
  void wh12StickyAndStickyDelayedEventsAreSent() {
    rig.ask("send_event", TEXT + ",'sticky_duration_ms':3600000}");
    assertThat(sent().sticky()).contains(Duration.ofHours(1));
    rig.ask("send_event", TEXT + ",'sticky_duration_ms':1,'delay':9}");
    assertThat(rig.driver.callsOf(SendDelayed.class).get(0).event().sticky())
        .contains(Duration.ofMillis(1));
  }

  @Test
  void wh13AStateEventIsNotSticky() {
    assertThat(
            rig.refused(
                "send_event",
                "{'type':'m.room.topic','state_key':'','content':{},'sticky_duration_ms':1}"))
        .isEqualTo("Cannot send a state event with a sticky duration");
  }

  @Test
  void sendGrantWu5EachKindTypeAndKeyNeedsItsOwn() {
    assertThat(rig.refused("send_event", "{'type':'m.room.topic','content':{}}"))
        .as("a state grant is none for messages")
        .isEqualTo("Cannot send room events of this type");
    assertThat(
            rig.refused("send_event", "{'type':'m.room.message','content':{'msgtype':'m.image'}}"))
        .isEqualTo("Cannot send room events of this type");
    assertThat(rig.refused("send_event", "{'type':'m.room.topic','state_key':'x','content':{}}"))
        .isEqualTo("Cannot send state events of this type");
    assertThat(rig.refused("send_event", TEXT.replace("'type'", "'state_key':'','type'") + "}"))
        .as("a message grant is none for state")
        .isEqualTo("Cannot send state events of this type");
    assertThat(rig.refused("send_event", "{'content':{}}"))
        .isEqualTo("Invalid request - missing event type");
    assertThat(rig.driver.calls).isEmpty();
  }

  @Test
  void fieldsTypedTimesAreWholePositiveAndBounded() {
    long most = HostLimits.DEFAULT.maxDelay().toMillis();
    for (String delay : List.of("0", "-1", "1.5", "'5'", "null", "1e3", "" + (most + 1))) {
      assertThat(rig.refused("send_event", TEXT + ",'delay':" + delay + "}"))
          .as(delay)
          .isEqualTo("Invalid request - delay out of range");
    }
    assertThat(rig.ask("send_event", TEXT + ",'delay':" + most + "}").has("delay_id")).isTrue();
    assertThat(rig.refused("send_event", TEXT + ",'sticky_duration_ms':3600001}"))
        .isEqualTo("Invalid request - sticky_duration_ms out of range");
  }

  @Test
  void sendParentWt10IsRefusedInPlaceOfADelay_ours() {
    assertThat(rig.refused("send_event", TEXT + ",'parent_delay_id':'d'}"))
        .contains("parent_delay_id");
    assertThat(rig.driver.calls).isEmpty();
    assertThat(rig.ask("send_event", TEXT + ",'parent_delay_id':'d','delay':1}").has("delay_id"))
        .as("of both, the delay counts")
        .isTrue();
    assertThat(rig.driver.callsOf(SendDelayed.class))
        .extracting(SendDelayed::delay)
        .containsExactly(Duration.ofMillis(1));
  }

  @Test
  void sendRedactionWr16GoesToItsOwnEndpointAndOnlyForItsType() {
    ObjectNode reply =
        rig.ask(
            "send_event", "{'type':'m.room.redaction','content':{'redacts':'$e','reason':'r'}}");
    assertThat(reply.toString())
        .isEqualTo("{\"room_id\":\"!room:example.org\",\"event_id\":\"$redaction1\"}");
    assertThat(rig.driver.calls)
        .containsExactly(new EventDriver.Redact(ROOM, "$e", Optional.of("r")));
    rig.ask(
        "send_event", "{'type':'m.room.message','content':{'msgtype':'m.text','redacts':'$e'}}");
    assertThat(rig.driver.callsOf(EventDriver.Redact.class)).hasSize(1);
    assertThat(rig.refused("send_event", "{'type':'m.room.redaction','content':{}}"))
        .isEqualTo("Invalid request - missing redacts");
  }

  private String delayId() {
    return rig.ask("send_event", TEXT + ",'delay':10000}").path("delay_id").asText();
  }

  private static String update(String id, String action) {
    return "{'delay_id':'" + id + "','action':'" + action + "'}";
  }

  @Test
  void wh25Wr17UpdatesNeedTheirGrant() {
    for (String action : List.of("cancel", "restart", "send")) {
      assertThat(plain.refused("update_delayed_event", update("d", action)))
          .isEqualTo("Missing capability");
    }
    assertThat(plain.refused("update_delayed_event", "{'action':'send'}"))
        .isEqualTo("Invalid request - missing delay_id");
  }

  @Test
  void wh26AnUnknownUpdateIsRefused() {
    String id = delayId();
    assertThat(rig.refused("update_delayed_event", update(id, "refresh")))
        .isEqualTo("Invalid request - unsupported action");
    assertThat(rig.refused("update_delayed_event", "{'delay_id':'" + id + "'}"))
        .isEqualTo("Invalid request - unsupported action");
  }

  @Test
  void wh27EachUpdateReachesTheDriver() {
    for (Action action : Action.values()) {
      String id = delayId();
      assertThat(rig.ask("update_delayed_event", update(id, action.wireName()))).isEmpty();
      List<UpdateDelayed> all = rig.driver.callsOf(UpdateDelayed.class);
      assertThat(all.get(all.size() - 1)).isEqualTo(new UpdateDelayed(id, action));
    }
  }

  @Test
  void wh28AFailedUpdateHasItsTextAndTheServersWords() {
    String id = delayId();
    rig.driver.failures.put(UpdateDelayed.class, DriverResult.failed("x"));
    assertThat(rig.refused("update_delayed_event", update(id, "restart")))
        .isEqualTo("Error updating delayed event");
    rig.driver.failures.put(
        UpdateDelayed.class,
        DriverResult.refused(
            new MatrixApiError(404, Map.of(), "u", HostRig.json("{'errcode':'M_NOT_FOUND'}"))));
    assertThat(
            rig.ask("update_delayed_event", update(id, "restart"))
                .path("error")
                .path("matrix_api_error")
                .path("response")
                .path("errcode")
                .asText())
        .isEqualTo("M_NOT_FOUND");
  }

  @Test
  void delayOwnOnlyOnesOwnEventsCanBeTouched_ours() {
    String id = delayId();
    assertThat(rig.refused("update_delayed_event", update("other", "send")))
        .isEqualTo("Invalid request - unknown delay_id");
    assertThat(rig.ask("update_delayed_event", update(id, "send"))).isEmpty();
    assertThat(rig.refused("update_delayed_event", update(id, "send")))
        .as("it is over")
        .isEqualTo("Invalid request - unknown delay_id");
    assertThat(rig.driver.callsOf(UpdateDelayed.class)).hasSize(1);
  }

  @Test
  void delayEndWhatIsPendingIsSentWhenTheDocumentEnds_ours() {
    String id = delayId();
    String over = delayId();
    rig.ask("update_delayed_event", update(over, "cancel"));
    rig.load();
    rig.load();
    assertThat(rig.driver.callsOf(UpdateDelayed.class))
        .containsExactly(
            new UpdateDelayed(over, Action.CANCEL), new UpdateDelayed(id, Action.SEND));
    rig.negotiate(UPDATE);
    assertThat(rig.refused("update_delayed_event", update(id, "restart")))
        .isEqualTo("Invalid request - unknown delay_id");
  }

  @Test
  void delayEndOneThatIsUnderWayWhenTheDocumentEndsIsSentToo_ours() {
    rig.held = call -> call instanceof SendDelayed;
    rig.request("send_event", TEXT + ",'delay':10000}");
    rig.load();
    rig.load();
    rig.release();
    assertThat(rig.driver.callsOf(UpdateDelayed.class))
        .containsExactly(new UpdateDelayed("delay1", Action.SEND));
  }

  @Test
  void delayEndClosingTheSessionSendsThemToo_ours() {
    String id = delayId();
    rig.perform(rig.machine.close(rig.now));
    assertThat(rig.driver.callsOf(UpdateDelayed.class))
        .containsExactly(new UpdateDelayed(id, Action.SEND));
  }

  @Test
  void delayEndOneThatIsUnderWayWhenTheSessionEndsIsSentTooAndThenItIsSettled_ours() {
    String pending = delayId();
    rig.held = call -> true;
    rig.request("send_event", TEXT + ",'delay':10000}");
    rig.request("send_event", TEXT + "}");
    rig.perform(rig.machine.close(rig.now));
    assertThat(rig.machine.isEnded()).isTrue();
    assertThat(rig.machine.isSettled()).as("two are on their way").isFalse();
    rig.posted.clear();
    rig.release();
    assertThat(rig.driver.callsOf(UpdateDelayed.class))
        .containsExactly(
            new UpdateDelayed(pending, Action.SEND), new UpdateDelayed("delay2", Action.SEND));
    assertThat(rig.posted).as("the widget hears nothing any more").isEmpty();
    assertThat(rig.machine.isSettled()).isTrue();
  }

  @Test
  void delayEndAFailedLeaveSettlesTheSessionToo_ours() {
    delayId();
    rig.driver.failures.put(UpdateDelayed.class, DriverResult.failed("gone"));
    assertThat(rig.machine.isSettled()).as("it goes on").isFalse();
    rig.perform(rig.machine.close(rig.now));
    assertThat(rig.machine.isSettled()).isTrue();
  }

  @Test
  void limitsOfDelayedEvents() {
    for (int i = 0; i < HostLimits.DEFAULT.maxDelayedEvents(); i++) {
      delayId();
    }
    assertThat(rig.refused("send_event", TEXT + ",'delay':10000}"))
        .isEqualTo("Too many delayed events");
    rig.passes(Duration.ofSeconds(21)); // all of them were sent meanwhile
    delayId();
  }
}
