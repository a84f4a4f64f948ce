package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.ROOM;
import static io.matrixrtc.widget.host.HostRig.WIDGET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.host.EventDriver.Send;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many at once, and for how long. */
class DeadlinesTest {
  private static final String SEND = "org.matrix.msc2762.send.event:a";
  private static final String RECEIVE = "org.matrix.msc2762.receive.event:a";
  private static final String EVENT = "{'type':'a','content':{}}";

  private final HostRig rig = HostRig.granted(SEND, RECEIVE, "org.matrix.msc4039.download_file");

  private void feed() {
    rig.perform(rig.machine.onRoomEvent(ROOM, HostRig.event("a", "{}"), rig.now));
  }

  private List<ObjectNode> errors() {
    return rig.posted.stream().filter(post -> post.path("response").has("error")).toList();
  }

  @Test
  void answerDeadlineTheWidgetIsAnsweredInTimeWhateverTheAccountDoes() {
    rig.held = call -> true;
    assertThat(rig.request("send_event", EVENT)).isEmpty();
    assertThat(rig.machine.nextDeadline()).contains(rig.now.plusSeconds(9));
    rig.passes(Duration.ofMillis(8_999));
    assertThat(errors()).isEmpty();
    rig.passes(Duration.ofMillis(1));
    assertThat(errors()).hasSize(1);
    assertThat(rig.machine.nextDeadline()).isEmpty();
    rig.release();
    assertThat(rig.posted).as("REPLY-ONCE: the late answer goes nowhere").hasSize(1);
  }

  @Test
  void answerDeadlineADownloadMaySayHowLongItWaits() {
    rig.held = call -> true;
    rig.request("download_file", "{'content_uri':'mxc://e/a','timeout_ms':60000}");
    rig.passes(Duration.ofSeconds(59));
    assertThat(errors()).isEmpty();
    rig.passes(Duration.ofSeconds(1));
    assertThat(errors()).hasSize(1);
  }

  @Test
  void replyOnceTwoAnswersOfThePortMakeOneReply() {
    List<HostEffect.Call> calls = new ArrayList<>();
    for (HostEffect effect :
        rig.machine.onMessage(
            new FrameMessage(HostRig.ORIGIN, true, HostRig.envelope("send_event", EVENT, "x")),
            rig.now)) {
      calls.add((HostEffect.Call) effect);
    }
    assertThat(calls).hasSize(1);
    for (int i = 0; i < 2; i++) {
      rig.perform(rig.machine.onResult(calls.get(0).id(), DriverResult.done("$e"), rig.now));
    }
    assertThat(rig.posted).hasSize(1);
    rig.perform(rig.machine.onResult(4_711, DriverResult.done("$e"), rig.now));
    assertThat(rig.posted).as("an id that was never given out").hasSize(1);
  }

  @Test
  void requestBoundSomeRunSomeWaitAndOneMoreIsRefused_ours() {
    HostRig wide = HostRig.granted("org.matrix.msc4515.rtc_transports");
    wide.held = call -> true;
    int open = HostLimits.DEFAULT.maxOpenRequests();
    int queued = HostLimits.DEFAULT.maxQueuedRequests();
    for (int i = 0; i < open + queued; i++) {
      assertThat(wide.request("get_rtc_transports", "{}")).isEmpty();
    }
    assertThat(wide.waiting()).isEqualTo(open);
    assertThat(wide.refused("get_rtc_transports", "{}")).isEqualTo("Too many requests at once");
    wide.release();
    assertThat(wide.posted.stream().filter(post -> post.path("response").has("rtc_transports")))
        .hasSize(open + queued);
  }

  @Test
  void wu13PushBoundUnansweredPushesAreBoundedQueuedAndThenDropped() {
    int open = HostLimits.DEFAULT.maxUnansweredPushes();
    int queued = HostLimits.DEFAULT.maxQueuedPushes();
    for (int i = 0; i < open + queued; i++) {
      feed();
    }
    assertThat(rig.pushes("send_event")).hasSize(open);
    assertThat(rig.eventsOf(HostEvent.PushDropped.class)).isEmpty();
    feed();
    assertThat(rig.eventsOf(HostEvent.PushDropped.class)).hasSize(1);
    rig.answer(rig.pushes("send_event").get(0), HostRig.json("{}"));
    assertThat(rig.pushes("send_event")).as("a place is free").hasSize(open + 1);
  }

  @Test
  void wu13PushBoundWhatIsNotAnsweredInTimeFreesItsPlace() {
    int open = HostLimits.DEFAULT.maxUnansweredPushes();
    for (int i = 0; i <= open; i++) {
      feed();
    }
    rig.passes(Duration.ofSeconds(10));
    assertThat(rig.eventsOf(HostEvent.PushTimedOut.class)).hasSize(open);
    assertThat(rig.pushes("send_event")).hasSize(open + 1);
  }

  @Test
  void pushBoundAWidgetThatRefusesAPushIsNotAskedAgain() {
    feed();
    rig.answer(rig.lastPush("send_event"), HostRig.json("{'error':{'message':'no'}}"));
    assertThat(rig.eventsOf(HostEvent.PushFailed.class)).hasSize(1);
    rig.passes(Duration.ofMinutes(1));
    assertThat(rig.pushes("send_event")).hasSize(1);
  }

  @Test
  void limitsOfCapabilitiesInOneNegotiation() {
    int most = HostLimits.DEFAULT.maxCapabilities();
    HostRig many = new HostRig(WIDGET, HostLimits.DEFAULT);
    String[] wanted = new String[most + 1];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = "org.matrix.msc2762.send.event:t" + i;
    }
    many.negotiate(wanted);
    assertThat(many.machine.grants().capabilities()).hasSize(most);
    String list = "['" + String.join("','", wanted) + "']";
    assertThat(many.refused("request_capabilities", "{'capabilities':" + list + "}"))
        .isEqualTo("Invalid request - wrong capabilities");
  }

  @Test
  void limitsOfRecipientsInOneRequest() {
    HostRig toDevice = HostRig.granted("org.matrix.msc3819.send.to_device:a");
    int most = HostLimits.DEFAULT.maxRecipients();
    StringBuilder devices = new StringBuilder();
    for (int i = 0; i < most; i++) {
      devices.append(i == 0 ? "" : ",").append("'D").append(i).append("':{}");
    }
    String head = "{'type':'a','encrypted':true,'messages':{'@bob:example.org':{";
    assertThat(toDevice.ask("send_to_device", head + devices + "}}}")).isEmpty();
    assertThat(toDevice.refused("send_to_device", head + devices + ",'X':{}}}}"))
        .isEqualTo("Invalid request - too many recipients");
  }

  @Test
  void limitsOfRememberedRequests() {
    HostRig memory = HostRig.granted(SEND);
    memory.request("send_event", EVENT, "first");
    int most = HostLimits.DEFAULT.rememberedRequests();
    for (int i = 0; i < most - 1; i++) {
      memory.request("supported_api_versions", "{}", "v" + i);
      memory.passes(Duration.ofMillis(30));
    }
    memory.request("send_event", EVENT, "first");
    assertThat(memory.driver.callsOf(Send.class)).as("still remembered").hasSize(1);
    memory.request("supported_api_versions", "{}", "one more");
    memory.request("send_event", EVENT, "first");
    assertThat(memory.driver.callsOf(Send.class)).as("forgotten").hasSize(2);
  }
}
