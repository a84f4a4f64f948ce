package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.session.CallMemberEvent;
import io.matrixrtc.session.RoomUpdate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RoomUpdatesTest {
  private static ObjectNode event(String type, String stateKey, String content) {
    try {
      ObjectNode event =
          Json.newObject()
              .put("type", type)
              .put("state_key", stateKey)
              .put("sender", "@a:hs.test")
              .put("event_id", "$1")
              .put("origin_server_ts", 1_700_000_000_123L);
      event.set("content", Json.parseObject(content));
      return event;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static ObjectNode call(Consumer<ObjectNode> change) {
    ObjectNode event = event(CallMemberEvent.TYPE, "_@a:hs.test_D", "{\"application\":\"m.call\"}");
    change.accept(event);
    return event;
  }

  private static ObjectNode member(String user, String membership) {
    return event("m.room.member", user, "{\"membership\":\"" + membership + "\"}");
  }

  @Test
  void readsCallMembersAndMembers() throws Exception {
    RoomUpdate update =
        RoomUpdate.ofState(
            List.of(
                event("m.room.create", "", "{}"),
                member("@a:hs.test", "join"),
                member("@b:hs.test", "leave"),
                member("@c:hs.test", "ban"),
                member("@d:hs.test", "invite"),
                call(e -> {})));
    assertThat(update.joined()).containsExactly("@a:hs.test");
    assertThat(update.notJoined())
        .containsExactlyInAnyOrder("@b:hs.test", "@c:hs.test", "@d:hs.test");
    assertThat(update.events())
        .containsExactly(
            new CallMemberEvent(
                "$1",
                "_@a:hs.test_D",
                "@a:hs.test",
                Instant.ofEpochMilli(1_700_000_000_123L),
                Json.parseObject("{\"application\":\"m.call\"}")));
    assertThat(RoomUpdates.callUsers(update)).isEqualTo(Set.of("@a:hs.test"));
  }

  @Test
  void feedLastOfTwoEventsTheLaterCounts() {
    RoomUpdate left = RoomUpdate.ofState(List.of(member("@a:b", "join"), member("@a:b", "leave")));
    assertThat(left.joined()).isEmpty();
    assertThat(left.notJoined()).containsExactly("@a:b");
    RoomUpdate back = RoomUpdate.ofState(List.of(member("@a:b", "leave"), member("@a:b", "join")));
    assertThat(back.joined()).containsExactly("@a:b");
    assertThat(back.notJoined()).isEmpty();
  }

  @Test
  void aLeaveOfTheCallIsHandedOn_butItsSenderIsNotTracked() {
    RoomUpdate update = RoomUpdate.ofState(List.of(event(CallMemberEvent.TYPE, "_@a:b_D", "{}")));
    assertThat(update.events()).hasSize(1);
    assertThat(RoomUpdates.callUsers(update)).isEmpty();
  }

  @Test
  void feedShapeBrokenEventsSayNothing() {
    List<Consumer<ObjectNode>> breaks =
        List.of(
            e -> e.remove("state_key"),
            e -> e.put("state_key", 5),
            e -> e.remove("sender"),
            e -> e.remove("event_id"),
            e -> e.remove("origin_server_ts"),
            e -> e.put("origin_server_ts", "1"),
            e -> e.put("origin_server_ts", 1.5),
            e -> e.remove("content"),
            e -> e.putArray("content"),
            e -> e.putNull("content"),
            e -> e.remove("type"));
    for (Consumer<ObjectNode> breakIt : breaks) {
      assertThat(RoomUpdate.ofState(List.of(call(breakIt))).events()).isEmpty();
    }
    assertThat(RoomUpdate.ofState(List.of(call(e -> {}))).events()).hasSize(1); // the control
    ObjectNode noMembership = event("m.room.member", "@a:b", "{\"membership\":7}");
    assertThat(RoomUpdate.ofState(List.of(noMembership)).notJoined()).containsExactly("@a:b");
  }
}
