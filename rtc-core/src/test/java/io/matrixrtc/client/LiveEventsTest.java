package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.session.CallNoticeEvent;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.StickyMemberEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LiveEventsTest {
  private static final Instant SENT = Instant.ofEpochMilli(1_700_000_000_000L);
  private static final Instant NOW = SENT.plusSeconds(100);

  private static ObjectNode json(String text) {
    try {
      return Json.parseObject(text.replace('\'', '"'));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static ObjectNode event(String id, String type, String more) {
    return json(
        "{'event_id':'"
            + id
            + "','type':'"
            + type
            + "','sender':'@a:b','origin_server_ts':1700000000000,'content':{'k':1}"
            + more
            + "}");
  }

  private static RoomUpdate read(ObjectNode... events) {
    return LiveEvents.of(List.of(events), "@a:b"::equals, NOW);
  }

  @Test
  void stickySyncDurationAndRestUnderEitherName() {
    String[][] cases = {
      {"'msc4354_sticky':{'duration_ms':600000}", "500"},
      {"'sticky':{'duration_ms':600000}", "500"},
      {
        "'msc4354_sticky':{'duration_ms':600000},"
            + "'unsigned':{'msc4354_sticky_duration_ttl_ms':7000}",
        "7"
      },
      {"'sticky':{'duration_ms':600000},'unsigned':{'sticky_duration_remaining_ms':0}", "0"},
      {"'msc4354_sticky':{'duration_ms':99999999}", "3500"}
    };
    for (String[] one : cases) {
      StickyMemberEvent read =
          read(event("$1", StickyMemberEvent.TYPE, "," + one[0])).sticky().get(0);
      assertThat(read.stickyUntil()).as(one[0]).isEqualTo(NOW.plusSeconds(Long.parseLong(one[1])));
      assertThat(read.encryptedBy()).isEmpty();
    }
    for (String none :
        List.of("", ",'sticky':{'duration_ms':-1}", ",'sticky':{'duration_ms':'x'}")) {
      assertThat(read(event("$1", StickyMemberEvent.TYPE, none)).sticky()).as(none).isEmpty();
    }
  }

  @Test
  void oneThatIsInTimelineAndStickySectionCountsOnce() {
    ObjectNode sticky = event("$1", StickyMemberEvent.TYPE, ",'sticky':{'duration_ms':600000}");
    assertThat(read(sticky, sticky).sticky()).hasSize(1);
  }

  @Test
  void noticesAndRedactionsAreRead() {
    RoomUpdate update =
        read(
            event("$n", CallNoticeEvent.NOTIFICATION, ""),
            event("$d", CallNoticeEvent.DECLINE, ""),
            event("$r1", "m.room.redaction", ",'redacts':'$old'"),
            json(
                event("$r2", "m.room.redaction", "")
                    .toString()
                    .replace("\"k\":1", "\"redacts\":\"$new\"")),
            event("$m", "m.room.message", ""));
    assertThat(update.notices()).extracting(CallNoticeEvent::eventId).containsExactly("$n", "$d");
    assertThat(update.notices()).allMatch(CallNoticeEvent::mayMentionRoom);
    assertThat(update.redacted()).containsExactlyInAnyOrder("$old", "$new");
    assertThat(
            LiveEvents.of(List.of(event("$n", CallNoticeEvent.DECLINE, "")), u -> false, NOW)
                .notices())
        .noneMatch(CallNoticeEvent::mayMentionRoom);
  }

  @Test
  void feedShapeBrokenLiveEventsSayNothing() {
    List<Consumer<ObjectNode>> breaks =
        List.of(
            event -> event.remove("event_id"),
            event -> event.put("sender", 3),
            event -> event.put("origin_server_ts", "now"),
            event -> event.put("content", "no object"),
            event -> event.put("state_key", ""));
    for (Consumer<ObjectNode> breakIt : breaks) {
      ObjectNode broken = event("$1", StickyMemberEvent.TYPE, ",'sticky':{'duration_ms':600000}");
      assertThat(read(broken.deepCopy()).sticky()).as("control").hasSize(1);
      breakIt.accept(broken);
      assertThat(read(broken).sticky()).isEmpty();
    }
  }

  @Test
  void whoMayNotifyTheRoom() {
    NotifyPower power = new NotifyPower();
    assertThat(power.mayNotifyRoom("@a:b")).isFalse();
    ObjectNode create = event("$c", "m.room.create", ",'state_key':''");
    power.on(create);
    assertThat(power.mayNotifyRoom("@a:b")).as("its creator").isTrue();
    ObjectNode levels = event("$p", "m.room.power_levels", ",'state_key':''");
    levels.set("content", json("{'users':{'@mod:b':50,'@none:b':49},'users_default':0}"));
    power.on(levels);
    assertThat(power.mayNotifyRoom("@a:b")).as("no special level").isFalse();
    assertThat(power.mayNotifyRoom("@mod:b")).isTrue();
    assertThat(power.mayNotifyRoom("@none:b")).isFalse();
    levels.set("content", json("{'users_default':10,'notifications':{'room':10}}"));
    power.on(levels);
    assertThat(power.mayNotifyRoom("@anyone:b")).isTrue();
    levels.set("content", json("{'notifications':{'room':100}}"));
    power.on(levels);
    create.set("content", json("{'room_version':'12','additional_creators':['@c:b']}"));
    power.on(create);
    assertThat(power.mayNotifyRoom("@a:b")).isTrue();
    assertThat(power.mayNotifyRoom("@c:b")).isTrue();
    assertThat(power.mayNotifyRoom("@mod:b")).isFalse();
  }

  @Test
  void aWholeRoomIsReadInOneUpdate() {
    ObjectNode slot = event("$s", "org.matrix.msc4143.rtc.slot", ",'state_key':'m.call#ROOM'");
    ObjectNode encryption = event("$e", "m.room.encryption", ",'state_key':''");
    ObjectNode sticky = event("$1", StickyMemberEvent.TYPE, ",'sticky':{'duration_ms':600000}");
    RoomUpdate update =
        new RoomReader().whole(List.of(slot, encryption), List.of(LiveEvent.clear(sticky)), NOW);
    assertThat(update.slots()).hasSize(1);
    assertThat(update.encrypted()).isTrue();
    assertThat(update.sticky()).hasSize(1);
    assertThat(update.sticky().get(0).duration()).isEqualTo(Duration.ofMinutes(10));
    assertThat(RoomUpdates.callUsers(update)).as("no application").isEmpty();
  }
}
