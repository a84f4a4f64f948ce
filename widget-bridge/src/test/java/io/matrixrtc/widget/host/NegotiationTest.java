package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.ALICE;
import static io.matrixrtc.widget.host.HostRig.ROOM;
import static io.matrixrtc.widget.host.HostRig.WIDGET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.host.HostedWidget.LoadMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lifecycle, versions, capabilities. */
class NegotiationTest {
  private static final String STICKER = "m.sticker";
  private static final String SCREEN = "m.always_on_screen";
  private static final String TOPICS = "org.matrix.msc2762.receive.state_event:m.room.topic";

  private static void topicChanges(HostRig rig) {
    ObjectNode topic = HostRig.state("m.room.topic", "", "{'topic':'new'}");
    rig.perform(rig.machine.onStateChanged(HostRig.ROOM, List.of(topic), rig.now));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static List<String> approved(HostRig rig) {
    return texts(rig.lastPush("notify_capabilities").path("data").path("approved"));
  }

  @Test
  void wh1Wr1Wu6OnLoadTheWidgetIsAskedAndThenHasWhatItWasGranted() {
    HostRig rig = new HostRig(WIDGET.withLoadMode(LoadMode.ON_IFRAME_LOAD), HostLimits.DEFAULT);
    assertThat(rig.posted).isEmpty();
    rig.load();
    rig.driver.granted = Optional.of(Set.of(Feature.STICKER));
    rig.answerCapabilities(STICKER, SCREEN);
    assertThat(rig.machine.grants().has(Feature.STICKER)).isTrue();
    assertThat(rig.machine.grants().has(Feature.ALWAYS_ON_SCREEN)).isFalse();
    assertThat(rig.refused("content_loaded", "{}")).contains("Improper sequence");
  }

  @Test
  void wu6OnContentLoadedItIsAskedAfterTheReplyAndARepeatedOneStartsNothing() {
    HostRig rig = new HostRig();
    rig.load();
    assertThat(rig.posted).isEmpty();
    assertThat(rig.request("content_loaded", "{}", "once").orElseThrow()).isEmpty();
    assertThat(rig.posted.get(0).path("action").asText()).isEqualTo("content_loaded");
    assertThat(rig.posted.get(1).path("action").asText()).isEqualTo("capabilities");
    assertThat(rig.request("content_loaded", "{}", "once").orElseThrow()).isEmpty();
    assertThat(rig.pushes("capabilities")).hasSize(1);
    assertThat(rig.eventsOf(HostEvent.Reloaded.class)).isEmpty();
    assertThat(rig.request("content_loaded", "{}", "another").orElseThrow()).isEmpty();
    assertThat(rig.pushes("capabilities")).as("control").hasSize(2);
  }

  @Test
  void wr2Wu1VersionsAreToldAtAnyTimeInTheMiddleOfNegotiationToo() {
    HostRig rig = new HostRig();
    assertThat(rig.ask("supported_api_versions", "{}").path("supported_versions")).hasSize(16);
    rig.request("content_loaded", "{}");
    assertThat(rig.ask("supported_api_versions", "{}").path("supported_versions")).hasSize(16);
    rig.answerCapabilities(STICKER);
    assertThat(approved(rig)).containsExactly(STICKER);
  }

  @Test
  void wu7NotifyAlwaysAFailedDecisionGrantsNothingAndIsToldAllTheSame() {
    HostRig rig = new HostRig();
    rig.driver.failures.put(
        CapabilityPolicy.Decide.class, DriverResult.failed("the user closed the dialog"));
    rig.negotiate(STICKER);
    assertThat(approved(rig)).isEmpty();
    assertThat(texts(rig.lastPush("notify_capabilities").path("data").path("requested")))
        .containsExactly(STICKER);
  }

  @Test
  void notifyAlwaysAlsoAfterAnErrorOrSilenceOfTheWidget() {
    HostRig refuses = new HostRig();
    refuses.request("content_loaded", "{}");
    refuses.answer(
        refuses.lastPush("capabilities"), HostRig.json("{'error':{'message':'no idea'}}"));
    assertThat(approved(refuses)).isEmpty();
    HostRig silent = new HostRig();
    silent.request("content_loaded", "{}");
    silent.passes(Duration.ofSeconds(10));
    assertThat(approved(silent)).isEmpty();
    assertThat(silent.eventsOf(HostEvent.PushTimedOut.class)).hasSize(1);
  }

  @Test
  void capSubsetAPolicyGrantsNothingThatWasNotAskedFor() {
    HostRig rig = new HostRig();
    rig.driver.granted = Optional.of(Set.of(Feature.STICKER, Feature.NAVIGATE));
    rig.negotiate(STICKER);
    assertThat(rig.machine.grants().capabilities()).containsExactly(Feature.STICKER);
  }

  @Test
  void capUnknownIsNeverGrantedAndThePolicyIsNotAsked() {
    HostRig rig = new HostRig();
    rig.negotiate("org.example.magic", STICKER);
    assertThat(approved(rig)).containsExactly(STICKER);
    assertThat(rig.driver.callsOf(CapabilityPolicy.Decide.class).get(0).asked())
        .containsExactly(Feature.STICKER);
  }

  @Test
  void capKindKnownTypesAreDeniedInTheWrongSlot() {
    HostRig rig = new HostRig();
    rig.negotiate(
        "org.matrix.msc2762.send.event:m.room.topic",
        "org.matrix.msc2762.send.state_event:m.room.message",
        "org.matrix.msc2762.send.state_event:m.room.topic",
        "org.matrix.msc2762.send.event:m.room.message");
    assertThat(approved(rig))
        .containsExactly(
            "org.matrix.msc2762.send.state_event:m.room.topic",
            "org.matrix.msc2762.send.event:m.room.message");
  }

  @Test
  void capMemberOnlyTheUsersOwnMembershipCanBeWritten_ours() {
    String prefix = "org.matrix.msc2762.send.state_event:org.matrix.msc3401.call.member";
    HostRig rig = new HostRig();
    rig.negotiate(
        prefix,
        prefix + "#",
        prefix + "#@bob:example.org",
        prefix + "#_@bob:example.org_" + ALICE,
        prefix + "#" + ALICE + "x",
        "org.matrix.msc2762.send.state_event:m.room.member",
        prefix + "#" + ALICE,
        prefix + "#_" + ALICE + "_DEV_m.call",
        "org.matrix.msc2762.receive.state_event:m.room.member");
    assertThat(approved(rig))
        .containsExactly(
            prefix + "#" + ALICE,
            prefix + "#_" + ALICE + "_DEV_m.call",
            "org.matrix.msc2762.receive.state_event:m.room.member");
  }

  @Test
  void todevInternalTypesAreDeniedWhenTheyAreAskedFor_ours() {
    HostRig rig = new HostRig();
    rig.negotiate(
        "org.matrix.msc3819.receive.to_device:m.room_key",
        "org.matrix.msc3819.send.to_device:m.secret.send",
        "org.matrix.msc3819.receive.to_device:m.call.invite");
    assertThat(approved(rig)).containsExactly("org.matrix.msc3819.receive.to_device:m.call.invite");
  }

  @Test
  void roomPinOtherRoomsAreDeniedToAPinnedWidget() {
    String own = "org.matrix.msc2762.timeline:" + ROOM;
    String all = "org.matrix.msc2762.timeline:*";
    HostRig pinned = new HostRig();
    pinned.negotiate(own, all, "org.matrix.msc2762.timeline:!x:y");
    assertThat(approved(pinned)).containsExactly(own);
    HostRig viewed =
        new HostRig(WIDGET.withScope(HostedWidget.RoomScope.VIEWED), HostLimits.DEFAULT);
    viewed.negotiate(own, all);
    assertThat(approved(viewed)).as("control").containsExactly(own, all);
  }

  @Test
  void renegotiationAddsToWhatWasGrantedAndTellsTheWhole() {
    HostRig rig = HostRig.granted(STICKER);
    ObjectNode reply =
        rig.ask(
            "org.matrix.msc2974.request_capabilities",
            "{'capabilities':['m.sticker','m.always_on_screen']}");
    assertThat(reply).isEmpty();
    assertThat(rig.driver.callsOf(CapabilityPolicy.Decide.class).get(0).asked())
        .containsExactly(Feature.ALWAYS_ON_SCREEN);
    assertThat(rig.pushes("notify_capabilities")).hasSize(1);
    assertThat(approved(rig)).containsExactly(STICKER, SCREEN);
  }

  @Test
  void renegotiationWithNothingNewAsksNobodyAndNotifiesOnce_ours() {
    HostRig rig = HostRig.granted(STICKER);
    rig.ask("request_capabilities", "{'capabilities':['m.sticker']}");
    assertThat(rig.driver.calls).isEmpty();
    assertThat(rig.pushes("notify_capabilities")).hasSize(1);
    assertThat(approved(rig)).containsExactly(STICKER);
  }

  @Test
  void renegotiationWaitsForTheDecisionBefore() {
    HostRig rig = HostRig.granted(STICKER);
    rig.held = call -> call instanceof CapabilityPolicy.Decide;
    rig.ask("request_capabilities", "{'capabilities':['m.always_on_screen']}");
    rig.ask("request_capabilities", "{'capabilities':['m.always_on_screen']}");
    assertThat(rig.waiting()).as("the user is asked once").isEqualTo(1);
    assertThat(rig.pushes("notify_capabilities")).isEmpty();
    rig.release();
    assertThat(rig.pushes("notify_capabilities")).hasSize(2);
    assertThat(approved(rig)).containsExactly(STICKER, SCREEN);
  }

  @Test
  void renegotiationBehindOneThatAsksNobodyIsDecidedToo() {
    HostRig rig = HostRig.granted(STICKER);
    rig.held = call -> call instanceof CapabilityPolicy.Decide;
    rig.ask("request_capabilities", "{'capabilities':['m.always_on_screen']}");
    rig.ask("request_capabilities", "{'capabilities':['m.sticker']}");
    rig.ask("request_capabilities", "{'capabilities':['m.navigate']}");
    rig.held = call -> false;
    rig.release();
    assertThat(rig.pushes("notify_capabilities")).hasSize(3);
    assertThat(approved(rig)).containsExactly(STICKER, SCREEN, "m.navigate");
  }

  @Test
  void limitsOfNegotiationsThatWaitForADecision() {
    HostRig rig = HostRig.granted(STICKER);
    rig.held = call -> call instanceof CapabilityPolicy.Decide;
    for (int i = 0; i <= Negotiation.MAX_WAITING; i++) { // one is before the user
      rig.ask("request_capabilities", "{'capabilities':['m.always_on_screen']}");
    }
    assertThat(rig.refused("request_capabilities", "{'capabilities':['m.navigate']}"))
        .isEqualTo("Too many negotiations at a time");
    rig.release();
    assertThat(rig.pushes("notify_capabilities")).hasSize(Negotiation.MAX_WAITING + 1);
    rig.held = call -> false;
    rig.ask("request_capabilities", "{'capabilities':['m.navigate']}");
    assertThat(approved(rig)).as("control: there is room again").contains("m.navigate");
  }

  @Test
  void negotiateFirstWu3Wr17NothingIsDoneBeforeNegotiationIsOver() {
    HostRig rig = new HostRig();
    rig.request("content_loaded", "{}");
    for (String action :
        List.of(
            "org.matrix.msc2876.read_events",
            "org.matrix.msc4157.update_delayed_event",
            "send_event",
            "get_openid")) {
      assertThat(rig.refused(action, "{'type':'a','delay_id':'d','action':'send'}"))
          .isEqualTo("Request received before capabilities were negotiated");
    }
    assertThat(rig.driver.calls).isEmpty();
    rig.answerCapabilities();
    assertThat(rig.ask("get_openid", "{}").path("state").asText())
        .as("control")
        .isEqualTo("allowed");
  }

  @Test
  void grantReloadNothingIsLeftOfWhatTheLastDocumentWasGranted() {
    HostRig rig = HostRig.granted("org.matrix.msc2762.send.event:m.reaction");
    rig.load(); // of the document that negotiated
    assertThat(rig.ask("send_event", "{'type':'m.reaction','content':{}}").has("event_id"))
        .as("control")
        .isTrue();
    rig.load(); // of the next one
    assertThat(rig.eventsOf(HostEvent.Reloaded.class)).hasSize(1);
    assertThat(rig.machine.grants().capabilities()).isEmpty();
    assertThat(rig.refused("send_event", "{'type':'m.reaction','content':{}}"))
        .isEqualTo("Request received before capabilities were negotiated");
    rig.negotiate("m.sticker");
    assertThat(rig.refused("send_event", "{'type':'m.reaction','content':{}}"))
        .isEqualTo("Cannot send room events of this type");
  }

  @Test
  void grantReloadADocumentThatIsFasterThanItsLoadEventIsHeardAndHasNoGrantsYet() {
    HostRig rig = HostRig.granted(STICKER, TOPICS);
    rig.load();
    rig.request("content_loaded", "{}"); // of the next document
    assertThat(rig.machine.grants().capabilities()).isEmpty();
    assertThat(rig.eventsOf(HostEvent.Reloaded.class)).hasSize(1);
    assertThat(rig.pushes("capabilities")).hasSize(1);
    rig.load();
    rig.answerCapabilities(SCREEN);
    assertThat(rig.pushes("capabilities")).hasSize(1);
    assertThat(rig.eventsOf(HostEvent.Reloaded.class)).hasSize(1);
    assertThat(approved(rig)).containsExactly(SCREEN);
    assertThat(rig.machine.grants().capabilities()).as("by its load event").hasSize(1);
    rig.load(); // of one more
    assertThat(rig.machine.grants().capabilities()).as("control").isEmpty();
  }

  @Test
  void grantReloadNothingIsPushedToANewDocumentThatHasNotAskedForIt() {
    HostRig rig = HostRig.granted(TOPICS);
    rig.load();
    topicChanges(rig);
    assertThat(rig.pushes("update_state")).as("control").hasSize(1);
    rig.posted.clear();
    rig.request("content_loaded", "{}"); // of the next document, which has not loaded yet
    topicChanges(rig);
    assertThat(rig.pushes("update_state")).isEmpty();
    rig.answerCapabilities(TOPICS);
    rig.answerAll();
    assertThat(rig.pushes("update_state")).as("the whole, first").hasSize(1);
  }

  @Test
  void grantReloadNothingIsPushedOnceThePageIsGoneAndItsLoadEventIsOfTheNextDocument() {
    HostRig rig = HostRig.granted(TOPICS);
    rig.load();
    topicChanges(rig);
    assertThat(rig.pushes("update_state")).as("control").hasSize(1);
    rig.posted.clear();
    rig.pageGoes();
    assertThat(rig.machine.grants().capabilities()).isEmpty();
    topicChanges(rig);
    assertThat(rig.posted).isEmpty();
    rig.request("content_loaded", "{}");
    rig.load();
    topicChanges(rig);
    assertThat(rig.pushes("update_state")).isEmpty();
    rig.answerCapabilities(TOPICS);
    rig.answerAll();
    assertThat(rig.pushes("update_state")).as("the whole, first").hasSize(1);
    assertThat(rig.eventsOf(HostEvent.Reloaded.class)).hasSize(1);
    assertThat(rig.machine.grants().capabilities()).hasSize(1);
  }

  @Test
  void grantReloadAnOldDecisionIsNotForTheNewDocument() {
    HostRig rig = new HostRig();
    rig.load();
    rig.held = call -> call instanceof CapabilityPolicy.Decide;
    rig.request("content_loaded", "{}");
    rig.answerCapabilities(STICKER);
    rig.load();
    rig.release();
    assertThat(rig.machine.grants().capabilities()).isEmpty();
    assertThat(rig.pushes("notify_capabilities")).isEmpty();
  }

  @Test
  void wt6VersionsOnceTheWidgetsAreAskedOnceAndRemembered() {
    String read = "org.matrix.msc2762.receive.state_event:a";
    HostRig rig = HostRig.granted(read);
    for (int i = 0; i < 3; i++) {
      assertThat(rig.ask("read_events", "{'type':'a','state_key':''}").path("events").isArray())
          .isTrue();
    }
    assertThat(rig.pushes("supported_api_versions")).isEmpty();
    HostRig fresh = new HostRig();
    fresh.request("content_loaded", "{}");
    fresh.answerCapabilities(read);
    fresh.request("read_events", "{'type':'a','state_key':''}");
    fresh.request("read_events", "{'type':'a','state_key':''}");
    assertThat(fresh.pushes("supported_api_versions")).hasSize(1);
  }

  @Test
  void policiesAllowDenyAndAsk() {
    Capability sticker = Feature.STICKER;
    Capability screen = Feature.ALWAYS_ON_SCREEN;
    CapabilityPolicy.Decide both =
        new CapabilityPolicy.Decide("w", List.of(sticker, screen), CapabilitySet.NONE);
    assertThat(CapabilityPolicy.deny().decide(both).toCompletableFuture().join())
        .isEqualTo(DriverResult.done(Set.of()));
    assertThat(CapabilityPolicy.allow(Set.of(sticker)).decide(both).toCompletableFuture().join())
        .isEqualTo(DriverResult.done(Set.of(sticker)));
    List<List<Capability>> asked = new ArrayList<>();
    CapabilityPolicy user =
        request -> {
          asked.add(request.asked());
          return CapabilityPolicy.allow(Set.copyOf(request.asked())).decide(request);
        };
    CapabilityPolicy mixed = CapabilityPolicy.allowElseAsk(Set.of(sticker), user);
    assertThat(mixed.decide(both).toCompletableFuture().join())
        .isEqualTo(DriverResult.done(Set.of(sticker, screen)));
    assertThat(asked).containsExactly(List.of(screen));
    mixed.decide(new CapabilityPolicy.Decide("w", List.of(sticker), CapabilitySet.NONE));
    assertThat(asked).as("nothing left to ask").hasSize(1);
  }
}
