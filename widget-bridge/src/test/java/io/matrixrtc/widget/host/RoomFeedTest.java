package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.OTHER_ROOM;
import static io.matrixrtc.widget.host.HostRig.ROOM;
import static io.matrixrtc.widget.host.HostRig.WIDGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.host.EventDriver.ReadState;
import io.matrixrtc.widget.host.EventDriver.ReadSticky;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events and state pushed to the widget. */
class RoomFeedTest {
  private static final String TEXTS = "org.matrix.msc2762.receive.event:m.room.message#m.text";
  private static final String TOPIC = "org.matrix.msc2762.receive.state_event:m.room.topic#";
  private static final String NAME = "org.matrix.msc2762.receive.state_event:m.room.name";
  private static final String ALL_ROOMS = "org.matrix.msc2762.timeline:*";
  private static final HostedWidget VIEWED = WIDGET.withScope(HostedWidget.RoomScope.VIEWED);

  private static ObjectNode text() {
    return HostRig.event("m.room.message", "{'msgtype':'m.text'}");
  }

  private static ObjectNode topic(String topic) {
    return HostRig.state("m.room.topic", "", "{'topic':'" + topic + "'}");
  }

  private static void feed(HostRig rig, String roomId, ObjectNode event) {
    rig.perform(rig.machine.onRoomEvent(roomId, event, rig.now));
  }

  private static List<String> rooms(HostRig rig) {
    return rig.pushes("send_event").stream()
        .map(push -> push.path("data").path("room_id").asText())
        .toList();
  }

  @Test
  void feedGrantWr6OnlyGrantedTypesAndKeysArrive() {
    HostRig rig = HostRig.granted(TEXTS, TOPIC);
    feed(rig, ROOM, HostRig.event("m.room.message", "{'msgtype':'m.image'}"));
    feed(rig, ROOM, HostRig.event("m.room.message", "{}"));
    feed(rig, ROOM, HostRig.state("m.room.topic", "x", "{}"));
    feed(rig, ROOM, HostRig.event("m.room.topic", "{}"));
    ObjectNode odd = topic("x");
    odd.put("state_key", 7);
    feed(rig, ROOM, odd);
    assertThat(rig.pushes("send_event")).isEmpty();
    feed(rig, ROOM, text());
    feed(rig, ROOM, topic("t"));
    assertThat(rig.pushes("send_event")).as("control").hasSize(2);
  }

  @Test
  void wr7TheKeyIsNotTheSender() {
    HostRig rig =
        HostRig.granted("org.matrix.msc2762.receive.state_event:m.room.member#" + HostRig.BOB);
    feed(rig, ROOM, HostRig.state("m.room.member", HostRig.ALICE, "{}"));
    assertThat(rig.pushes("send_event")).isEmpty();
    feed(rig, ROOM, HostRig.state("m.room.member", HostRig.BOB, "{}"));
    assertThat(rig.pushes("send_event")).hasSize(1);
  }

  @Test
  void feedRoomWr8Wu15TheRoomIsFilledInAndNothingElseOfTheSdkGoesOut() {
    HostRig rig = HostRig.granted(TEXTS);
    ObjectNode event = text().put("room_id", "!forged:x").put("sender_key", "secret");
    event.put("msc4354_sticky", true);
    feed(rig, ROOM, event);
    ObjectNode data = (ObjectNode) rig.lastPush("send_event").get("data");
    assertThat(data.path("room_id").asText()).isEqualTo(ROOM);
    assertThat(data.has("sender_key")).isFalse();
    assertThat(data.has("msc4354_sticky")).isTrue();
  }

  @Test
  void wh14OneGrantedRoomOnly() {
    HostRig rig = HostRig.granted(VIEWED, TEXTS, "org.matrix.msc2762.timeline:" + OTHER_ROOM);
    feed(rig, OTHER_ROOM, text());
    feed(rig, "!third:example.org", text());
    assertThat(rooms(rig)).containsExactly(OTHER_ROOM);
  }

  @Test
  void wh15Wh16TheViewedRoomBeforeAndAfterItChanges() {
    HostRig rig = HostRig.granted(VIEWED, TEXTS);
    feed(rig, ROOM, text());
    feed(rig, OTHER_ROOM, text());
    rig.perform(rig.machine.onViewedRoom(OTHER_ROOM, rig.now));
    feed(rig, ROOM, text());
    feed(rig, OTHER_ROOM, text());
    assertThat(rooms(rig)).containsExactly(ROOM, OTHER_ROOM);
  }

  @Test
  void wh17AllRoomsWithAStar() {
    HostRig rig = HostRig.granted(VIEWED, TEXTS, ALL_ROOMS);
    feed(rig, ROOM, text());
    feed(rig, OTHER_ROOM, text());
    assertThat(rooms(rig)).containsExactly(ROOM, OTHER_ROOM);
  }

  @Test
  void roomPinTheViewOfAPinnedWidgetDoesNotChange() {
    HostRig rig = HostRig.granted(TEXTS);
    assertThatThrownBy(() -> rig.machine.onViewedRoom(OTHER_ROOM, rig.now))
        .isInstanceOf(IllegalStateException.class);
  }

  private static HostRig asking(HostedWidget widget, String... capabilities) {
    HostRig rig = new HostRig(widget, HostLimits.DEFAULT);
    rig.driver.state.add(topic("now"));
    rig.driver.state.add(HostRig.state("m.room.name", "", "{'name':'n'}"));
    rig.driver.state.add(HostRig.state("m.room.secret", "", "{}"));
    rig.request("content_loaded", "{}");
    rig.answerCapabilities(capabilities);
    return rig;
  }

  private static List<String> topics(ObjectNode push) {
    return push.path("data").path("state").findValuesAsText("topic");
  }

  @Test
  void stateFirstWh18Wr14Wu8TheFirstPushIsOneMessageWithAllThatIsGranted() {
    HostRig rig = asking(WIDGET, TOPIC, NAME, TEXTS);
    rig.answerAll();
    assertThat(rig.pushes("update_state")).hasSize(1);
    assertThat(rig.lastPush("update_state").path("data").path("state"))
        .extracting(event -> event.path("type").asText())
        .containsExactly("m.room.topic", "m.room.name");
    assertThat(rig.driver.callsOf(ReadState.class)).as("one read for each grant").hasSize(2);
    assertThat(
            rig.lastPush("update_state").path("data").path("state").get(0).path("room_id").asText())
        .isEqualTo(ROOM);
  }

  @Test
  void stateFirstAnEmptyPushIsSentToo() {
    HostRig rig = new HostRig();
    rig.driver.failures.put(ReadState.class, DriverResult.failed("x"));
    rig.negotiate(TOPIC);
    assertThat(rig.lastPush("update_state").path("data").path("state")).isEmpty();
    HostRig denied = new HostRig();
    denied.driver.granted = java.util.Optional.of(java.util.Set.of());
    denied.negotiate(TOPIC);
    assertThat(denied.lastPush("update_state").path("data").path("state"))
        .as("a widget that was denied all state waits for it, too")
        .isEmpty();
    HostRig none = new HostRig();
    none.negotiate(TEXTS);
    assertThat(none.pushes("update_state")).as("control: it wants no state").isEmpty();
  }

  @Test
  void stateRaceWh19AChangeDuringTheReadWins() {
    HostRig rig = asking(WIDGET, TOPIC);
    rig.held = call -> call instanceof ReadState;
    rig.answerAll();
    rig.perform(rig.machine.onStateChanged(ROOM, List.of(topic("newer")), rig.now));
    assertThat(rig.pushes("update_state")).isEmpty();
    rig.release();
    assertThat(rig.pushes("update_state")).hasSize(1);
    assertThat(topics(rig.lastPush("update_state"))).containsExactly("newer");
  }

  @Test
  void stateRaceAChangeBeforeTheVersionsAreKnownIsNotLost() {
    HostRig rig = asking(WIDGET, TOPIC);
    rig.perform(rig.machine.onStateChanged(ROOM, List.of(topic("newer")), rig.now));
    rig.answerAll();
    assertThat(topics(rig.lastPush("update_state"))).containsExactly("newer");
  }

  @Test
  void stateChangeWh20LaterChangesComeAlone() {
    HostRig rig = asking(WIDGET, TOPIC, NAME);
    rig.answerAll();
    rig.perform(
        rig.machine.onStateChanged(
            ROOM, List.of(topic("later"), HostRig.state("m.room.secret", "", "{}")), rig.now));
    assertThat(rig.pushes("update_state")).hasSize(2);
    assertThat(rig.lastPush("update_state").path("data").path("state")).hasSize(1);
    rig.perform(
        rig.machine.onStateChanged(
            ROOM, List.of(HostRig.state("m.room.secret", "", "{}")), rig.now));
    assertThat(rig.pushes("update_state")).as("nothing that is granted").hasSize(2);
  }

  @Test
  void wr14AChangeOfStateIsOneUpdateAndItsEventsOfTheTimelineAreFedBesideIt() {
    HostRig rig = asking(WIDGET, TOPIC);
    rig.answerAll();
    assertThat(rig.pushes("update_state")).as("the first").hasSize(1);
    ObjectNode secret = HostRig.state("m.room.secret", "", "{}");
    feed(rig, ROOM, topic("between"));
    feed(rig, ROOM, topic("later"));
    feed(rig, ROOM, secret);
    rig.perform(rig.machine.onStateChanged(ROOM, List.of(topic("later"), secret), rig.now));
    assertThat(rig.pushes("send_event"))
        .extracting(push -> push.path("data").path("content").path("topic").asText())
        .containsExactly("between", "later");
    assertThat(rig.pushes("update_state")).as("one for the change").hasSize(2);
    assertThat(rig.lastPush("update_state").path("data").path("state"))
        .singleElement()
        .satisfies(
            entry -> assertThat(entry.path("content").path("topic").asText()).isEqualTo("later"));
  }

  @Test
  void wh21AnotherRoomsStateComesWhenItIsViewed() {
    HostRig rig = asking(VIEWED, TOPIC);
    rig.answerAll();
    rig.perform(rig.machine.onStateChanged(OTHER_ROOM, List.of(topic("other")), rig.now));
    assertThat(rig.pushes("update_state")).hasSize(1);
    rig.perform(rig.machine.onViewedRoom(OTHER_ROOM, rig.now));
    assertThat(rig.pushes("update_state")).hasSize(2);
    assertThat(
            rig.lastPush("update_state").path("data").path("state").get(0).path("room_id").asText())
        .isEqualTo(OTHER_ROOM);
  }

  @Test
  void wh22NothingForWidgetsWithoutTheVersionAndFromHostsWithoutIt() {
    EnumSet<ApiVersion> without = EnumSet.complementOf(EnumSet.of(ApiVersion.MSC2762_UPDATE_STATE));
    HostRig widget = asking(WIDGET, TOPIC);
    widget.answerAll(without);
    widget.perform(widget.machine.onStateChanged(ROOM, List.of(topic("x")), widget.now));
    assertThat(widget.pushes("update_state")).isEmpty();
    HostRig host = asking(WIDGET.withVersions(without), TOPIC);
    host.answerAll();
    assertThat(host.pushes("update_state")).isEmpty();
  }

  @Test
  void stateFirstNewGrantsPushWhatTheyOpenAndNothingOld() {
    HostRig rig = asking(WIDGET, TOPIC);
    rig.answerAll();
    rig.ask("request_capabilities", "{'capabilities':['" + TOPIC + "','" + NAME + "']}");
    assertThat(rig.pushes("update_state")).hasSize(2);
    assertThat(rig.lastPush("update_state").path("data").path("state"))
        .extracting(event -> event.path("type").asText())
        .containsExactly("m.room.name");
  }

  @Test
  void wu16NothingIsReadAndNothingFedIfNothingReadableWasGranted() {
    HostRig rig = new HostRig();
    rig.driver.state.add(topic("now"));
    rig.driver.stickyEvents.add(text());
    rig.negotiate(
        "org.matrix.msc2762.send.event:m.room.message",
        "org.matrix.msc2762.send.state_event:m.room.topic#",
        "org.matrix.msc4407.send.sticky_event");
    feed(rig, ROOM, text());
    rig.perform(rig.machine.onStateChanged(ROOM, List.of(topic("x")), rig.now));
    assertThat(rig.pushes("send_event")).isEmpty();
    assertThat(rig.pushes("update_state")).isEmpty();
    assertThat(rig.driver.calls)
        .as("the decision and no read")
        .allMatch(CapabilityPolicy.Decide.class::isInstance)
        .hasSize(1);
    HostRig readable = asking(WIDGET, TOPIC, TEXTS);
    readable.answerAll();
    feed(readable, ROOM, text());
    assertThat(readable.driver.callsOf(ReadState.class)).as("control").hasSize(1);
    assertThat(readable.pushes("send_event")).hasSize(1);
  }

  @Test
  void wu17TheNoticeComesFirstAndThenTheStateThatIsRead_ours() {
    HostRig rig = asking(WIDGET, TOPIC);
    assertThat(rig.pushes("notify_capabilities")).hasSize(1);
    assertThat(rig.driver.callsOf(ReadState.class)).as("not before it").isEmpty();
    rig.answerAll();
    assertThat(rig.driver.callsOf(ReadState.class)).hasSize(1);
    assertThat(rig.posted.stream().map(post -> post.path("action").asText()))
        .containsSubsequence("notify_capabilities", "supported_api_versions", "update_state");
  }

  @Test
  void stickyPushWh56WhatIsStickyComesFirstIfItsTypeIsGranted() {
    HostRig rig = new HostRig();
    rig.driver.stickyEvents.addAll(
        List.of(HostRig.event("org.matrix.msc4143.rtc.member", "{}"), text()));
    rig.negotiate(
        "org.matrix.msc4407.receive.sticky_event",
        "org.matrix.msc2762.receive.event:org.matrix.msc4143.rtc.member");
    assertThat(rig.pushes("send_event")).hasSize(1);
    assertThat(rig.lastPush("send_event").path("data").path("type").asText())
        .isEqualTo("org.matrix.msc4143.rtc.member");
    HostRig without = new HostRig();
    without.driver.stickyEvents.add(text());
    without.negotiate(TEXTS);
    assertThat(without.driver.callsOf(ReadSticky.class)).isEmpty();
  }

  @Test
  void feedGrantNothingFromBeforeTheDecisionIsFedLater() {
    HostRig rig = new HostRig();
    feed(rig, ROOM, text());
    rig.negotiate(TEXTS);
    assertThat(rig.pushes("send_event")).isEmpty();
    feed(rig, ROOM, text());
    assertThat(rig.pushes("send_event")).hasSize(1);
  }
}
