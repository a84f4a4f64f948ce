package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyncTest extends ServerTest {
  private static final String AFTER = "org.matrix.msc4222.use_state_after=true";

  private Client alice;
  private Client bob;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
  }

  private String sharedRoom() {
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    return room;
  }

  private JsonNode after(Client client, JsonNode before, String more) {
    return client.get("/sync?since=" + before.path("next_batch").asText() + "&" + more).ok();
  }

  @Test
  void aRoomAppearsOnlyWithNews() {
    String quiet = sharedRoom();
    String loud = sharedRoom();
    JsonNode first = bob.firstSync();
    assertThat(names(first.at("/rooms/join"))).containsExactlyInAnyOrder(quiet, loud);
    assertThat(bob.syncAfter(first).has("rooms")).isFalse();
    alice.send(loud, "x", "t");
    JsonNode next = bob.syncAfter(first);
    assertThat(names(next.at("/rooms/join"))).containsExactly(loud);
    assertThat(bodies(next, loud)).containsExactly("x");
    assertThat(joined(next, loud).at("/state/events").isEmpty()).isTrue();
    JsonNode event = joined(next, loud).at("/timeline/events/0");
    assertThat(event.has("room_id")).isFalse();
  }

  @Test
  void theSameTokenGivesTheSameAgain_HS_SYNC_REPEAT() {
    String room = sharedRoom();
    JsonNode first = bob.firstSync();
    alice.send(room, "one", "t1");
    assertThat(bodies(bob.syncAfter(first), room)).containsExactly("one");
    alice.send(room, "two", "t2");
    assertThat(bodies(bob.syncAfter(first), room)).containsExactly("one", "two");
  }

  @Test
  void aLimitedTimelineTellsWhereItGoesOn_HS_SYNC_LIMITED() {
    String room = sharedRoom();
    JsonNode first = bob.firstSync();
    for (int i = 0; i < 12; i++) {
      alice.send(room, "m" + i, "t" + i);
    }
    JsonNode timeline = joined(bob.syncAfter(first), room).path("timeline");
    assertThat(timeline.path("limited").asBoolean()).isTrue();
    assertThat(each(timeline.path("events"), "/content/body"))
        .containsExactly("m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11");
    JsonNode more =
        bob.get(
                Client.room(
                    room, "messages?dir=b&limit=3&from=" + timeline.path("prev_batch").asText()))
            .ok();
    assertThat(each(more.path("chunk"), "/content/body")).startsWith("m1", "m0");
    JsonNode exact = joined(after(bob, first, "filter=" + Client.limit(12)), room).path("timeline");
    assertThat(exact.path("limited").asBoolean()).isFalse();
    assertThat(exact.path("events")).hasSize(12);
    JsonNode none = joined(after(bob, first, "filter=" + Client.limit(0)), room).path("timeline");
    assertThat(none.path("limited").asBoolean()).isTrue();
    assertThat(none.path("events")).isEmpty();
  }

  @Test
  void stateIsThatBeforeTheTimeline_HS_STATE_BEFORE() {
    String room = sharedRoom();
    JsonNode first = bob.firstSync();
    alice.setState(room, "a", "", "{'v':1}");
    alice.setState(room, "b", "", "{'v':1}");
    alice.send(room, "x", "t");
    alice.setState(room, "a", "", "{'v':2}");
    JsonNode limited = joined(after(bob, first, "filter=" + Client.limit(1)), room);
    assertThat(values(limited.path("state"))).containsExactlyInAnyOrder("a=1", "b=1");
    assertThat(each(limited.at("/timeline/events"), "/content/v")).containsExactly("2");
    JsonNode whole = joined(after(bob, first, "filter=" + Client.limit(9)), room);
    assertThat(values(whole.path("state"))).isEmpty();
    assertThat(limited.has("org.matrix.msc4222.state_after")).isFalse();
  }

  @Test
  void stateAfterHasThePresentValueOfEverythingThatChanged_HS_STATE_AFTER() {
    String room = sharedRoom();
    JsonNode first = bob.firstSync();
    alice.setState(room, "a", "", "{'v':1}");
    alice.setState(room, "b", "", "{'v':1}");
    alice.send(room, "x", "t");
    alice.setState(room, "a", "", "{'v':2}");
    for (int limit : new int[] {1, 2, 9}) {
      JsonNode json = joined(after(bob, first, AFTER + "&filter=" + Client.limit(limit)), room);
      assertThat(values(json.path("org.matrix.msc4222.state_after")))
          .as("timeline limit %d", limit)
          .containsExactlyInAnyOrder("a=2", "b=1");
      assertThat(json.has("state")).isFalse();
    }
  }

  @Test
  void aFirstSyncHasTheWholeStateInEitherForm() {
    String room = sharedRoom();
    alice.setState(room, "a", "", "{'v':1}");
    alice.setState(room, "a", "", "{'v':2}");
    JsonNode before = joined(bob.firstSync(1), room);
    assertThat(values(before.path("state")))
        .contains("a=1", "m.room.create=")
        .doesNotContain("a=2");
    JsonNode after = joined(bob.get("/sync?" + AFTER + "&filter=" + Client.limit(1)).ok(), room);
    assertThat(values(after.path("org.matrix.msc4222.state_after")))
        .contains("a=2", "m.room.create=")
        .doesNotContain("a=1");
    JsonNode first = bob.firstSync();
    alice.send(room, "x", "t");
    JsonNode full = joined(after(bob, first, "full_state=true"), room);
    assertThat(values(full.path("state"))).contains("a=2", "m.room.create=");
    assertThat(bodies(after(bob, first, "full_state=true"), room)).containsExactly("x");
  }

  @Test
  void aRoomJoinedMeanwhileComesAsAWhole_HS_SYNC_NEWLY_JOINED() {
    JsonNode first = bob.firstSync();
    String room = alice.createRoom("{'preset':'public_chat'}");
    alice.send(room, "early", "t1");
    bob.join(room);
    JsonNode json = bob.syncAfter(first);
    assertThat(bodies(json, room)).containsExactly("early");
    bob.post(Client.room(room, "leave"), "{}").ok();
    alice.setState(room, "missed", "", "{'v':1}");
    for (int i = 0; i < 12; i++) {
      alice.send(room, "x", "x" + i);
    }
    bob.join(room);
    JsonNode back = joined(bob.syncAfter(json), room);
    assertThat(values(back.path("state"))).contains("missed=1", "m.room.create=");
    assertThat(back.at("/timeline/limited").asBoolean()).isTrue();
  }

  @Test
  void aTransactionIdIsShownToTheSendingDeviceOnly_HS_TXN_2() {
    String room = sharedRoom();
    Client second = alice.logIn("ALICE2");
    JsonNode[] before = {alice.firstSync(), second.firstSync(), bob.firstSync()};
    alice.send(room, "x", "mine");
    String path = "/timeline/events/0/unsigned/transaction_id";
    assertThat(joined(alice.syncAfter(before[0]), room).at(path).asText()).isEqualTo("mine");
    assertThat(joined(second.syncAfter(before[1]), room).at(path).isMissingNode()).isTrue();
    assertThat(joined(bob.syncAfter(before[2]), room).at(path).isMissingNode()).isTrue();
  }

  @Test
  void eventsTellTheirAge() {
    String room = sharedRoom();
    JsonNode first = bob.firstSync();
    alice.send(room, "x", "t");
    time.advance(Duration.ofSeconds(5));
    JsonNode event = joined(bob.syncAfter(first), room).at("/timeline/events/0");
    assertThat(event.at("/unsigned/age").asLong()).isEqualTo(5_000);
    assertThat(event.path("origin_server_ts").asLong() + 5_000).isEqualTo(time.millis());
  }

  @Test
  void anInviteIsToldOnceAndOnFirstSyncsWhileItStands() {
    JsonNode first = bob.firstSync();
    String room = alice.createRoom("{'name':'N','invite':['@bob:test']}");
    JsonNode told = bob.syncAfter(first);
    JsonNode state = told.at("/rooms/invite/" + room + "/invite_state/events");
    assertThat(each(state, "/state_key")).endsWith("@bob:test");
    assertThat(state.get(state.size() - 1).has("event_id")).isFalse();
    assertThat(bob.syncAfter(told).has("rooms")).isFalse();
    assertThat(bob.firstSync().at("/rooms/invite").has(room)).isTrue();
    bob.post(Client.room(room, "leave"), "{}").ok();
    JsonNode rejected = bob.syncAfter(told).at("/rooms/leave/" + room);
    assertThat(each(rejected.at("/timeline/events"), "/content/membership")).endsWith("leave");
    assertThat(rejected.at("/timeline/events").toString()).doesNotContain("m.room.name");
    assertThat(rejected.at("/state/events")).isEmpty();
    assertThat(bob.firstSync().at("/rooms/invite").has(room)).isFalse();
  }

  @Test
  void aLeftRoomComesOnceWithTheTimelineUpToTheLeave() {
    String room = sharedRoom();
    JsonNode first = bob.firstSync();
    alice.send(room, "before", "t1");
    alice.post(Client.room(room, "kick"), "{'user_id':'@bob:test'}").ok();
    alice.send(room, "after", "t2");
    JsonNode told = bob.syncAfter(first);
    JsonNode left = told.at("/rooms/leave/" + room);
    assertThat(each(left.at("/timeline/events"), "/type"))
        .containsExactly("m.room.message", "m.room.member");
    assertThat(left.toString()).contains("before").doesNotContain("after");
    assertThat(bob.syncAfter(told).has("rooms")).isFalse();
    assertThat(bob.firstSync().has("rooms")).isFalse();
    String filter = Client.encode("{\"room\":{\"include_leave\":true}}");
    JsonNode included = bob.get("/sync?filter=" + filter).ok().at("/rooms/leave/" + room);
    assertThat(included.toString()).contains("before").doesNotContain("after");
  }

  @Test
  void filtersChooseRoomsTypesAndSenders() {
    String one = sharedRoom();
    String two = sharedRoom();
    bob.send(one, "his", "t1");
    alice.send(one, "hers", "t1");
    String body =
        "{'room':{'rooms':['%s'],'timeline':{'types':['m.room.mess*'],'not_senders':['@bob:test']}}}"
            .formatted(one);
    String id = bob.post("/user/@bob:test/filter", body).ok().path("filter_id").asText();
    JsonNode sync = bob.get("/sync?filter=" + id).ok();
    assertThat(names(sync.at("/rooms/join"))).containsExactly(one);
    assertThat(each(joined(sync, one).at("/timeline/events"), "/content/body"))
        .containsExactly("hers");
    String not = Client.encode("{\"room\":{\"not_rooms\":[\"" + one + "\"]}}");
    assertThat(names(bob.get("/sync?filter=" + not).ok().at("/rooms/join"))).containsExactly(two);
    bob.get("/sync?filter=99").fails(400, "M_INVALID_PARAM");
    bob.get("/sync?filter=" + Client.encode("{broken")).fails(400, "M_NOT_JSON");
    bob.get("/sync?since=nonsense").fails(400, "M_INVALID_PARAM");
  }

  @Test
  void lazyMembersAreThoseOfTheTimelineAndTheOwnOne() {
    String room = sharedRoom();
    register("carol").join(room);
    register("dan").join(room);
    alice.send(room, "x", "t");
    String filter =
        Client.encode(
            "{\"room\":{\"timeline\":{\"limit\":1},\"state\":{\"lazy_load_members\":true}}}");
    JsonNode state = joined(bob.get("/sync?filter=" + filter).ok(), room).at("/state/events");
    assertThat(members(state)).containsExactlyInAnyOrder("@alice:test", "@bob:test");
    assertThat(members(joined(bob.firstSync(1), room).at("/state/events"))).hasSize(4);
  }

  @Test
  void aSummaryCountsMembersWhenTheyChange() {
    String room = sharedRoom();
    JsonNode first = bob.firstSync();
    JsonNode summary = joined(first, room).path("summary");
    assertThat(summary.path("m.joined_member_count").asInt()).isEqualTo(2);
    assertThat(texts(summary.path("m.heroes"))).containsExactly("@alice:test");
    alice.post(Client.room(room, "invite"), "{'user_id':'@carol:test'}").ok();
    JsonNode next = bob.syncAfter(first);
    assertThat(joined(next, room).at("/summary/m.invited_member_count").asInt()).isEqualTo(1);
    alice.send(room, "x", "t");
    assertThat(joined(bob.syncAfter(next), room).has("summary")).isFalse();
  }

  private static List<String> values(JsonNode part) {
    return part.path("events").findParents("type").stream()
        .map(e -> e.path("type").asText() + "=" + e.at("/content/v").asText())
        .toList();
  }

  private static List<String> members(JsonNode state) {
    return state.findParents("state_key").stream()
        .filter(e -> e.path("type").asText().equals("m.room.member"))
        .map(e -> e.path("state_key").asText())
        .toList();
  }
}
