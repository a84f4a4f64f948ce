package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.OTHER_ROOM;
import static io.matrixrtc.widget.host.HostRig.ROOM;
import static io.matrixrtc.widget.host.HostRig.WIDGET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.MatrixApiError;
import io.matrixrtc.widget.host.EventDriver.ReadRelations;
import io.matrixrtc.widget.host.EventDriver.ReadState;
import io.matrixrtc.widget.host.EventDriver.ReadTimeline;
import io.matrixrtc.widget.host.EventDriver.StateKeys;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The actions that read events, relations and account data. */
class EventReadingTest {
  private static final String MESSAGES = "org.matrix.msc2762.receive.event:m.room.message#m.text";
  private static final String MEMBERS = "org.matrix.msc2762.receive.state_event:m.room.member";
  private static final String TOPIC = "org.matrix.msc2762.receive.state_event:m.room.topic#";
  private static final String ALL_ROOMS = "org.matrix.msc2762.timeline:*";

  private final HostRig rig = HostRig.granted(MESSAGES, MEMBERS, TOPIC);
  private final HostRig wide =
      HostRig.granted(
          WIDGET.withScope(HostedWidget.RoomScope.VIEWED), MESSAGES, MEMBERS, ALL_ROOMS);

  private static ObjectNode text(String id) {
    return HostRig.event("m.room.message", "{'msgtype':'m.text'}").put("event_id", id);
  }

  private static ObjectNode image() {
    return HostRig.event("m.room.message", "{'msgtype':'m.image'}");
  }

  @Test
  void wh37Wr3AMessageIsReadAndTheLimitReachesTheDriver() {
    rig.driver.timeline.addAll(List.of(text("$2"), text("$1")));
    ObjectNode reply =
        rig.ask("read_events", "{'type':'m.room.message','msgtype':'m.text','limit':7}");
    assertThat(reply.path("events"))
        .extracting(event -> event.path("event_id").asText())
        .containsExactly("$2", "$1");
    assertThat(rig.driver.calls)
        .containsExactly(
            new ReadTimeline(
                ROOM,
                "m.room.message",
                Optional.empty(),
                Optional.of("m.text"),
                7,
                Optional.empty()));
  }

  @Test
  void readFilterWr4WhatIsNotGrantedIsLeftOutOfTheResult() {
    rig.driver.timeline.addAll(
        List.of(
            image(),
            text("$1"),
            HostRig.state("m.room.message", "", "{'msgtype':'m.text'}"),
            HostRig.event("m.reaction", "{}")));
    assertThat(
            rig.ask("read_events", "{'type':'m.room.message','msgtype':'m.text'}").path("events"))
        .hasSize(1);
  }

  @Test
  void wh38EveryRoomWithAGrantIsRead() {
    wide.driver.timeline.add(text("$1"));
    ObjectNode reply =
        wide.ask("read_events", "{'type':'m.room.message','msgtype':'m.text','room_ids':'*'}");
    assertThat(reply.path("events"))
        .extracting(event -> event.path("room_id").asText())
        .containsExactlyInAnyOrder(ROOM, OTHER_ROOM);
    assertThat(wide.driver.callsOf(ReadTimeline.class)).hasSize(2);
  }

  @Test
  void wh39EveryKeyNeedsAGrantOfEveryKey() {
    rig.driver.timeline.add(HostRig.state("m.room.member", "@a:b", "{}"));
    assertThat(rig.ask("read_events", "{'type':'m.room.member','state_key':true}").path("events"))
        .hasSize(1);
    assertThat(rig.refused("read_events", "{'type':'m.room.topic','state_key':true}"))
        .isEqualTo("Cannot read state events of this type");
  }

  @Test
  void wh40Wh41Wr5AnExactKeyComesFromTheTimelineForWidgetsThatGetStatePushed() {
    rig.driver.timeline.addAll(
        List.of(
            HostRig.state("m.room.topic", "", "{'topic':'new'}"),
            HostRig.state("m.room.topic", "", "{'topic':'old'}")));
    assertThat(rig.ask("read_events", "{'type':'m.room.topic','state_key':''}").path("events"))
        .hasSize(2);
    assertThat(rig.driver.callsOf(ReadTimeline.class).get(0).stateKey())
        .contains(new StateKeys(Optional.of("")));
  }

  @Test
  void readCurrentOthersReadCurrentState() {
    Set<ApiVersion> old = EnumSet.complementOf(EnumSet.of(ApiVersion.MSC2762_UPDATE_STATE));
    HostRig without = new HostRig();
    without.driver.state.add(HostRig.state("m.room.topic", "", "{'topic':'t'}"));
    without.request("content_loaded", "{}");
    without.answerCapabilities(TOPIC);
    without.answerAll(old);
    assertThat(without.ask("read_events", "{'type':'m.room.topic','state_key':''}").path("events"))
        .hasSize(1);
    assertThat(without.driver.callsOf(ReadState.class)).hasSize(1);
    assertThat(without.driver.callsOf(ReadTimeline.class)).isEmpty();
  }

  @Test
  void wh42AnotherKeyIsRefused() {
    assertThat(rig.refused("read_events", "{'type':'m.room.topic','state_key':'x'}"))
        .isEqualTo("Cannot read state events of this type");
  }

  @Test
  void readGrantWu4WhatMayNotBeReadIsNotReadAtAll() {
    assertThat(rig.refused("read_events", "{'type':'m.reaction'}"))
        .isEqualTo("Cannot read room events of this type");
    assertThat(rig.refused("read_events", "{'type':'m.room.message','msgtype':'m.image'}"))
        .isEqualTo("Cannot read room events of this type");
    assertThat(rig.refused("read_events", "{'type':'m.room.name','state_key':''}"))
        .isEqualTo("Cannot read state events of this type");
    assertThat(rig.driver.calls).isEmpty();
  }

  @Test
  void wu14TheKeyIsAStringOrTrue() {
    for (String key : List.of("false", "7", "null", "[]")) {
      assertThat(rig.refused("read_events", "{'type':'m.room.member','state_key':" + key + "}"))
          .isEqualTo("Invalid request - wrong state_key");
    }
  }

  @Test
  void limitsOfReads() {
    for (String limit : List.of("0", "-1", "1.5", "'3'")) {
      assertThat(rig.refused("read_events", "{'type':'m.room.member','limit':" + limit + "}"))
          .isEqualTo("Invalid request - limit out of range");
    }
    assertThat(rig.refused("read_events", "{}")).isEqualTo("Invalid request - missing event type");
    int most = HostLimits.DEFAULT.maxReadEvents();
    for (int i = 0; i <= most; i++) {
      rig.driver.timeline.add(text("$" + i));
    }
    assertThat(
            rig.ask("read_events", "{'type':'m.room.message','msgtype':'m.text','limit':1000000}")
                .path("events"))
        .hasSize(most);
    assertThat(
            rig.ask("read_events", "{'type':'m.room.message','msgtype':'m.text'}").path("events"))
        .as("unless the widget says")
        .hasSize(EventReading.DEFAULT_LIMIT);
  }

  @Test
  void limitsOfRoomsInOneRequest() {
    String room = "'" + ROOM + "'";
    int most = HostLimits.DEFAULT.maxRooms();
    String fits = String.join(",", java.util.Collections.nCopies(most, room));
    String read = "{'type':'m.room.message','msgtype':'m.text','room_ids':[";
    assertThat(rig.ask("read_events", read + fits + "]}").has("events")).isTrue();
    assertThat(rig.refused("read_events", read + fits + "," + room + "]}"))
        .isEqualTo("Invalid request - wrong room_ids");
  }

  @Test
  void wh43Wh45RelationsAreReadWithEveryOption() {
    rig.driver.timeline.add(text("$1"));
    ObjectNode reply =
        rig.ask(
            "org.matrix.msc3869.read_relations",
            "{'event_id':'$e','room_id':'"
                + ROOM
                + "','rel_type':'m.reference','event_type':'m.room.message',"
                + "'limit':25,'from':'f','to':'t','direction':'f'}");
    assertThat(reply.path("chunk")).hasSize(1);
    assertThat(reply.path("next_batch").asText()).isEqualTo("next");
    assertThat(reply.path("prev_batch").asText()).isEqualTo("prev");
    assertThat(rig.driver.calls)
        .containsExactly(
            new ReadRelations(
                ROOM,
                "$e",
                Optional.of("m.reference"),
                Optional.of("m.room.message"),
                Optional.of(25),
                Optional.of("f"),
                Optional.of("t"),
                Optional.of("f")));
  }

  @Test
  void readFilterWh44RelationsThatAreNotGrantedAreLeftOut() {
    rig.driver.timeline.addAll(
        List.of(
            text("$1"), image(), HostRig.state("m.room.name", "", "{}"), HostRig.event("x", "{}")));
    assertThat(rig.ask("read_relations", "{'event_id':'$e'}").path("chunk"))
        .extracting(event -> event.path("event_id").asText())
        .containsExactly("$1");
  }

  @Test
  void wh46RelationsOfWhatWhereAndHowMany() {
    assertThat(rig.refused("read_relations", "{}")).isEqualTo("Invalid request - missing event ID");
    assertThat(rig.refused("read_relations", "{'event_id':'$e','limit':-1}"))
        .isEqualTo("Invalid request - limit out of range");
    assertThat(rig.refused("read_relations", "{'event_id':'$e','room_id':'!x:y'}"))
        .isEqualTo("Unable to access room timeline: !x:y");
    assertThat(rig.refused("read_relations", "{'event_id':'$e','direction':'x'}"))
        .isEqualTo("Invalid request - wrong direction");
  }

  @Test
  void wh47AFailureHasItsTextAndTheServersWords() {
    rig.driver.failures.put(
        ReadRelations.class,
        DriverResult.refused(new MatrixApiError(403, Map.of(), "u", HostRig.json("{}"))));
    ObjectNode error = (ObjectNode) rig.ask("read_relations", "{'event_id':'$e'}").get("error");
    assertThat(error.path("message").asText())
        .isEqualTo("Unexpected error while reading relations");
    assertThat(error.path("matrix_api_error").path("http_status").asInt()).isEqualTo(403);
    rig.driver.failures.put(ReadTimeline.class, DriverResult.failed("x"));
    assertThat(rig.refused("read_events", "{'type':'m.room.message','msgtype':'m.text'}"))
        .isEqualTo("Error reading events");
  }

  @Test
  void wh35Wh36AccountDataIsReadWithItsGrantAlone() {
    HostRig granted =
        HostRig.granted("com.beeper.capabilities.receive.room_account_data:m.fully_read");
    granted.driver.accountData.put(ROOM, HostRig.json("{'event_id':'$e'}"));
    assertThat(
            granted.ask("com.beeper.read_room_account_data", "{'type':'m.fully_read'}").toString())
        .isEqualTo(
            "{\"events\":[{\"type\":\"m.fully_read\",\"room_id\":\"!room:example.org\","
                + "\"content\":{\"event_id\":\"$e\"}}]}");
    assertThat(granted.refused("com.beeper.read_room_account_data", "{'type':'m.tag'}"))
        .isEqualTo("Cannot read room account data of this type");
  }
}
