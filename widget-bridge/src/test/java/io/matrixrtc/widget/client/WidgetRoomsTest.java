package io.matrixrtc.widget.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.ScheduleOutcome;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.WidgetError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What calls are told of a widget's rooms, and what a host's answers mean for them. */
class WidgetRoomsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String ROOM = "!r:example.org";

  private final WidgetRooms rooms = new WidgetRooms();

  /** Remembers what it was told. */
  private static final class Told implements CallInput {
    private final List<RoomUpdate> updates = new ArrayList<>();
    private int synced;

    @Override
    public void onRoomUpdate(RoomUpdate update) {
      updates.add(update);
    }

    @Override
    public void onSynced() {
      synced++;
    }

    @Override
    public void onBarredDevices(Map<DeviceAddress, String> devices) {}
  }

  private static ObjectNode event(String room, String type, String content) throws Exception {
    ObjectNode event = Json.newObject().put("room_id", room).put("type", type);
    event.put("event_id", "$" + type + content.length()).put("sender", "@bob:example.org");
    event.put("origin_server_ts", 1_000L);
    event.set("content", Json.parseObject(content.replace('\'', '"')));
    return event;
  }

  private static ObjectNode state(String room, String type, String key, String content)
      throws Exception {
    return event(room, type, content).put("state_key", key);
  }

  private static ObjectNode member(String user, String membership) throws Exception {
    return state(ROOM, "m.room.member", user, "{'membership':'" + membership + "'}");
  }

  @Test
  void clientFeedWc8ACallIsToldTheWholeStateFirstAndThenTheChangesOfItsRoom() throws Exception {
    Told told = new Told();
    List<String> begun = new ArrayList<>();
    rooms.attach(ROOM, told, () -> begun.add("begun"), NOW);
    rooms.onState(
        List.of(
            member("@a:example.org", "join"),
            member("@b:example.org", "leave"),
            state(ROOM, "m.room.encryption", "", "{'algorithm':'m.megolm.v1.aes-sha2'}"),
            state(ROOM, CallMemberEvent.TYPE, "_b_D_m.call", "{'device_id':'D'}"),
            state("!other:example.org", CallMemberEvent.TYPE, "x", "{'device_id':'X'}")));
    assertThat(told.updates).as("before the widget knows its room").isEmpty();
    rooms.onReady(NOW);
    assertThat(begun).containsExactly("begun");
    RoomUpdate whole = told.updates.get(0);
    assertThat(whole.joined()).containsExactly("@a:example.org");
    assertThat(whole.notJoined()).containsExactly("@b:example.org");
    assertThat(whole.encrypted()).isTrue();
    assertThat(whole.events()).extracting(CallMemberEvent::stateKey).containsExactly("_b_D_m.call");

    rooms.onState(List.of(state(ROOM, CallMemberEvent.TYPE, "_b_D_m.call", "{}")));
    rooms.onState(List.of(state("!other:example.org", CallMemberEvent.TYPE, "x", "{}")));
    assertThat(told.updates).as("of its own room alone").hasSize(2);
    assertThat(told.updates.get(1).events().get(0).content()).isEmpty();

    Told later = new Told();
    WidgetRooms.Attached attached = rooms.attach(ROOM, later, () -> {}, NOW);
    assertThat(later.updates.get(0).events().get(0).content()).as("as it is now").isEmpty();
    rooms.detach(attached);
    rooms.onState(List.of(member("@b:example.org", "join")));
    assertThat(later.updates).as("detached").hasSize(1);
    assertThat(told.updates).as("control").hasSize(3);
  }

  @Test
  void clientFeedStickyMembershipsAndRedactionsAreHandedOnAndKeptForLater() throws Exception {
    rooms.onReady(NOW);
    ObjectNode sticky = event(ROOM, "org.matrix.msc4143.rtc.member", "{'msc4354_sticky_key':'k'}");
    sticky.putObject("msc4354_sticky").put("duration_ms", 60_000);
    sticky.put("origin_server_ts", NOW.toEpochMilli());
    rooms.onEvent(sticky, NOW);
    rooms.onEvent(event(ROOM, "org.matrix.msc4143.rtc.member", "{'not':'sticky'}"), NOW);
    Told told = new Told();
    rooms.attach(ROOM, told, () -> {}, NOW);
    assertThat(told.updates).hasSize(2);
    assertThat(told.updates.get(1).sticky().get(0).stickyUntil())
        .isEqualTo(NOW.plus(Duration.ofMinutes(1)));
    rooms.onEvent(event(ROOM, "m.room.redaction", "{'redacts':'$x'}"), NOW);
    assertThat(told.updates.get(2).redacted()).isEqualTo(Set.of("$x"));
  }

  @Test
  void clientFeedOnlySoManyStickyMembershipsAreKept() throws Exception {
    rooms.onReady(NOW);
    for (int i = 0; i <= WidgetRooms.MAX_STICKY; i++) {
      ObjectNode sticky = event(ROOM, "org.matrix.msc4143.rtc.member", "{'n':" + i + "}");
      sticky.put("event_id", "$" + i).putObject("msc4354_sticky").put("duration_ms", 60_000);
      rooms.onEvent(sticky, NOW);
    }
    Told told = new Told();
    rooms.attach(ROOM, told, () -> {}, NOW);
    assertThat(told.updates).hasSize(1 + WidgetRooms.MAX_STICKY);
    assertThat(told.updates.get(1).sticky().get(0).eventId()).as("the oldest goes").isEqualTo("$1");
  }

  @Test
  void clientFeedWhatIsNoEventSaysNothing() throws Exception {
    Random random = new Random(8);
    Told told = new Told();
    rooms.attach(ROOM, told, () -> {}, NOW);
    rooms.onReady(NOW);
    ObjectNode good = state(ROOM, CallMemberEvent.TYPE, "k", "{'device_id':'D'}");
    for (String name : List.of("event_id", "sender", "origin_server_ts", "content", "state_key")) {
      ObjectNode broken = good.deepCopy();
      if (random.nextBoolean()) {
        broken.remove(name);
      } else {
        broken.put(name, true);
      }
      rooms.onState(List.of(broken));
    }
    assertThat(told.updates).allMatch(update -> update.events().isEmpty());
    rooms.onState(List.of(good));
    assertThat(told.updates.get(told.updates.size() - 1).events()).as("control").hasSize(1);
  }

  @Test
  void clientViewACallThatIsDetachedHearsNoSignOfLife() {
    Told told = new Told();
    WidgetRooms.Attached attached = rooms.attach(ROOM, told, () -> {}, NOW);
    rooms.onHostAlive();
    assertThat(told.synced).as("not before its room is known").isZero();
    rooms.onReady(NOW);
    rooms.onHostAlive();
    assertThat(told.synced).isEqualTo(1);
    rooms.detach(attached);
    rooms.onHostAlive();
    assertThat(told.synced).isEqualTo(1);
  }

  private static WidgetResult refused(int status, String errcode, String more) throws Exception {
    String error =
        "{'error':{'message':'no','matrix_api_error':{'http_status':"
            + status
            + ",'http_headers':{},'url':'','response':{'errcode':'"
            + errcode
            + "','error':'words'"
            + more
            + "}}}}";
    ObjectNode response = Json.parseObject(error.replace('\'', '"'));
    return new WidgetResult.Refused(WidgetError.from(response).orElseThrow(), response);
  }

  private static WidgetResult answered(String response) throws Exception {
    return new WidgetResult.Answered(Json.parseObject(response.replace('\'', '"')));
  }

  private static WidgetResult hostsOwn() {
    return new WidgetResult.Refused(WidgetError.of("no grant"), Json.newObject());
  }

  @Test
  void clientPublishTheHomeserversWordsDecideWhereTheHostPassesThemOn() throws Exception {
    assertThat(HostOutcomes.publishing(answered("{'event_id':'$1'}")))
        .isEqualTo(new PublishOutcome.Published("$1"));
    assertThat(HostOutcomes.publishing(answered("{}")))
        .isInstanceOf(PublishOutcome.Unreachable.class);
    assertThat(HostOutcomes.publishing(refused(403, "M_FORBIDDEN", "")))
        .isEqualTo(new PublishOutcome.Forbidden("words"));
    assertThat(HostOutcomes.publishing(refused(429, "M_LIMIT_EXCEEDED", ",'retry_after_ms':7")))
        .isEqualTo(new PublishOutcome.RateLimited(Optional.of(Duration.ofMillis(7))));
    assertThat(HostOutcomes.publishing(refused(502, "M_UNKNOWN", "")))
        .isEqualTo(new PublishOutcome.Unreachable("words"));
    assertThat(HostOutcomes.publishing(refused(400, "M_TOO_LARGE", "")))
        .isEqualTo(new PublishOutcome.Rejected("M_TOO_LARGE", "words"));
    assertThat(HostOutcomes.publishing(hostsOwn()))
        .as("a homeserver that cannot be reached looks the same")
        .isEqualTo(new PublishOutcome.Unreachable("no grant"));
    assertThat(HostOutcomes.publishing(new WidgetResult.TimedOut()))
        .isInstanceOf(PublishOutcome.Unreachable.class);
    assertThat(HostOutcomes.publishing(new WidgetResult.Unsupported(ApiVersion.MSC2762)))
        .isInstanceOf(PublishOutcome.Unsupported.class);
  }

  @Test
  void clientPublishDelayedEvents() throws Exception {
    assertThat(HostOutcomes.scheduling(answered("{'delay_id':'d'}")))
        .isInstanceOf(ScheduleOutcome.Scheduled.class);
    assertThat(HostOutcomes.scheduling(refused(400, "M_MAX_DELAY_EXCEEDED", ",'max_delay':5000")))
        .isEqualTo(new ScheduleOutcome.TooLong(Optional.of(Duration.ofSeconds(5))));
    assertThat(HostOutcomes.scheduling(refused(404, "M_UNRECOGNIZED", "")))
        .isInstanceOf(ScheduleOutcome.Unsupported.class);
    assertThat(HostOutcomes.scheduling(refused(403, "M_FORBIDDEN", "")))
        .isInstanceOf(ScheduleOutcome.Rejected.class);
    assertThat(HostOutcomes.scheduling(hostsOwn()))
        .as("a call can do without")
        .isInstanceOf(ScheduleOutcome.Unsupported.class);
    assertThat(HostOutcomes.scheduling(new WidgetResult.TimedOut()))
        .isInstanceOf(ScheduleOutcome.Unreachable.class);
    assertThat(HostOutcomes.updating(answered("{}"))).isInstanceOf(DelayedUpdateOutcome.Done.class);
    assertThat(HostOutcomes.updating(refused(404, "M_NOT_FOUND", "")))
        .isInstanceOf(DelayedUpdateOutcome.NotFound.class);
    assertThat(HostOutcomes.updating(refused(404, "M_UNRECOGNIZED", "")))
        .isInstanceOf(DelayedUpdateOutcome.Unsupported.class);
    assertThat(HostOutcomes.updating(new WidgetResult.TimedOut()))
        .isInstanceOf(DelayedUpdateOutcome.Unreachable.class);
  }
}
