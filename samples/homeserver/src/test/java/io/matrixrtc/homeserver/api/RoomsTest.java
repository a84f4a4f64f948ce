package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoomsTest extends ServerTest {

  @Test
  void aNewRoomHasItsFirstEventsInTheOrderOfTheSpecification() {
    Client alice = register("alice");
    Client bob = register("bob");
    String room =
        alice.createRoom(
            """
            {'room_alias_name':'talk','name':'N','topic':'T','invite':['@bob:test'],'is_direct':true,
             'initial_state':[{'type':'m.room.encryption','content':{'algorithm':'m.megolm.v1.aes-sha2'}},
                              {'type':'x','state_key':'k','content':{}}]}
            """);
    JsonNode first = alice.firstSync(50);
    assertThat(each(joined(first, room).at("/timeline/events"), "/type"))
        .containsExactly(
            "m.room.create",
            "m.room.member",
            "m.room.power_levels",
            "m.room.canonical_alias",
            "m.room.join_rules",
            "m.room.history_visibility",
            "m.room.guest_access",
            "m.room.encryption",
            "x",
            "m.room.name",
            "m.room.topic",
            "m.room.member");
    assertThat(state(alice, room, "m.room.create").has("creator")).isFalse();
    assertThat(state(alice, room, "m.room.create").path("room_version").asText()).isEqualTo("11");
    List<String> stripped =
        each(bob.firstSync().at("/rooms/invite/" + room + "/invite_state/events"), "/type");
    assertThat(stripped)
        .startsWith("m.room.create", "m.room.join_rules", "m.room.name")
        .contains("m.room.encryption")
        .endsWith("m.room.member");
  }

  @Test
  void presetsAndOverridesDecideTheRulesOfARoom() {
    Client alice = register("alice");
    register("bob");
    String open = alice.createRoom("{'preset':'public_chat','room_version':'10'}");
    assertThat(state(alice, open, "m.room.join_rules").path("join_rule").asText())
        .isEqualTo("public");
    assertThat(state(alice, open, "m.room.create").path("creator").asText())
        .isEqualTo("@alice:test");
    String trusted = alice.createRoom("{'preset':'trusted_private_chat','invite':['@bob:test']}");
    assertThat(state(alice, trusted, "m.room.power_levels").at("/users/@bob:test").asInt())
        .isEqualTo(100);
    String own =
        alice.createRoom(
            "{'power_level_content_override':{'state_default':7,'events':{'x':1}},'initial_state':[{'type':'m.room.join_rules','content':{'join_rule':'public'}}]}");
    JsonNode levels = state(alice, own, "m.room.power_levels");
    assertThat(levels.path("state_default").asInt()).isEqualTo(7);
    assertThat(levels.path("events").toString()).isEqualTo("{\"x\":1}");
    assertThat(levels.path("ban").asInt()).isEqualTo(50);
    assertThat(state(alice, own, "m.room.join_rules").path("join_rule").asText())
        .isEqualTo("public");
    alice.post("/createRoom", "{'room_version':'2'}").fails(400, "M_UNSUPPORTED_ROOM_VERSION");
    alice.post("/createRoom", "{'preset':'odd'}").fails(400, "M_BAD_JSON");
  }

  @Test
  void aliasesAreUniqueAndLeadToTheirRoom() {
    Client alice = register("alice");
    Client bob = register("bob");
    String body = "{'preset':'public_chat','room_alias_name':'hall'}";
    String room = alice.createRoom(body);
    alice.post("/createRoom", body).fails(400, "M_ROOM_IN_USE");
    assertThat(bob.post("/join/%23hall:test", "{}").ok().path("room_id").asText()).isEqualTo(room);
    bob.post("/join/%23none:test", "{}").fails(404, "M_NOT_FOUND");
    bob.post("/join/!none:test", "{}").fails(404, "M_NOT_FOUND");
    assertThat(texts(alice.get("/joined_rooms").ok().path("joined_rooms"))).containsExactly(room);
  }

  @Test
  void joinInviteLeaveKickBanUnbanAndForget() {
    Client alice = register("alice");
    Client bob = register("bob");
    String room = alice.createRoom("{}");
    bob.post(Client.room(room, "join"), "{}").fails(403, "M_FORBIDDEN");
    alice.invite(room, bob);
    bob.post(Client.room(room, "join"), "{'reason':'hi'}").ok();
    String member = "state/m.room.member/@bob:test";
    assertThat(alice.get(Client.room(room, member)).ok().path("reason").asText()).isEqualTo("hi");
    String before = eventId(alice, room, member);
    bob.join(room);
    assertThat(eventId(alice, room, member)).isEqualTo(before);

    bob.post(Client.room(room, "forget"), "{}").fails(400, "M_UNKNOWN");
    bob.post(Client.room(room, "leave"), "").ok();
    bob.post(Client.room(room, "leave"), "").fails(403, "M_FORBIDDEN");
    bob.post(Client.room(room, "join"), "{}").fails(403, "M_FORBIDDEN");
    alice.invite(room, bob);
    bob.join(room);
    bob.post(Client.room(room, "kick"), "{'user_id':'@alice:test'}").fails(403, "M_FORBIDDEN");
    alice.post(Client.room(room, "kick"), "{'user_id':'@bob:test'}").ok();
    alice.post(Client.room(room, "kick"), "{'user_id':'@bob:test'}").fails(403, "M_FORBIDDEN");
    alice.post(Client.room(room, "ban"), "{'user_id':'@bob:test'}").ok();
    alice.post(Client.room(room, "invite"), "{'user_id':'@bob:test'}").fails(403, "M_FORBIDDEN");
    alice.post(Client.room(room, "unban"), "{'user_id':'@bob:test'}").ok();
    alice.post(Client.room(room, "unban"), "{'user_id':'@bob:test'}").fails(403, "M_FORBIDDEN");
    alice.invite(room, bob);
    bob.post(Client.room(room, "leave"), "").ok();
    bob.post(Client.room(room, "forget"), "{}").ok();
    assertThat(alice.get(Client.room(room, member)).ok().path("membership").asText())
        .isEqualTo("leave");
  }

  @Test
  void eventsAreSentOnceForATransactionOfADevice_HS_TXN_1() {
    Client alice = register("alice");
    Client other = alice.logIn("TWO");
    String room = alice.createRoom("{}");
    String first = alice.send(room, "one", "t1");
    assertThat(alice.send(room, "changed", "t1")).isEqualTo(first);
    assertThat(other.send(room, "two", "t1")).isNotEqualTo(first);
    String reaction = Client.room(room, "send/m.reaction/t1");
    assertThat(alice.put(reaction, "{}").ok().path("event_id").asText()).isNotEqualTo(first);
    assertThat(each(messages(alice, room, "dir=b").path("chunk"), "/content/body"))
        .startsWith("", "two", "one");
  }

  @Test
  void aRefusedRequestDoesNotUseUpItsTransaction() {
    Client alice = register("alice");
    Client bob = register("bob");
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.put(Client.room(room, "send/m.room.message/t"), "{}").fails(403, "M_FORBIDDEN");
    bob.join(room);
    bob.put(Client.room(room, "send/m.room.message/t"), "{}").ok();
  }

  @Test
  void theSameStateAgainIsNoNewEvent() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String first = alice.setState(room, "m.room.name", "", "{'name':'a'}");
    assertThat(alice.setState(room, "m.room.name", "", "{'name':'a'}")).isEqualTo(first);
    String second = alice.setState(room, "m.room.name", "", "{'name':'b'}");
    JsonNode event = alice.get(Client.room(room, "state/m.room.name/?format=event")).ok();
    assertThat(event.path("event_id").asText()).isEqualTo(second);
    assertThat(event.at("/unsigned/prev_content/name").asText()).isEqualTo("a");
    assertThat(event.at("/unsigned/replaces_state").asText()).isEqualTo(first);
  }

  @Test
  void stateIsReadAsAWholeOrByKey() {
    Client alice = register("alice");
    String room = alice.createRoom("{'name':'N'}");
    alice.get(Client.room(room, "state/m.room.topic/")).fails(404, "M_NOT_FOUND");
    assertThat(each(alice.get(Client.room(room, "state")).ok(), "/type"))
        .contains("m.room.name", "m.room.create")
        .doesNotContain("m.room.topic");
    register("bob").get(Client.room(room, "state")).fails(403, "M_FORBIDDEN");
  }

  @Test
  void membersAreListedByMembership() {
    Client alice = register("alice");
    Client bob = register("bob");
    String room = alice.createRoom("{'invite':['@bob:test','@carol:test']}");
    bob.join(room);
    bob.put("/profile/@bob:test/displayname", "{'displayname':'B'}").ok();
    JsonNode joined = alice.get(Client.room(room, "joined_members")).ok().path("joined");
    assertThat(names(joined)).containsExactly("@alice:test", "@bob:test");
    assertThat(joined.at("/@bob:test/display_name").asText()).isEqualTo("B");
    JsonNode invited = alice.get(Client.room(room, "members?membership=invite")).ok();
    assertThat(each(invited.path("chunk"), "/state_key")).containsExactly("@carol:test");
    JsonNode others = alice.get(Client.room(room, "members?not_membership=invite")).ok();
    assertThat(each(others.path("chunk"), "/state_key"))
        .containsExactlyInAnyOrder("@alice:test", "@bob:test");
    register("dan").get(Client.room(room, "members")).fails(403, "M_FORBIDDEN");
    nobody().get(Client.room(room, "joined_members")).fails(401, "M_MISSING_TOKEN");
  }

  @Test
  void messagesPageBothWaysAndEndWhereTheRoomDoes() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    for (int i = 0; i < 5; i++) {
      alice.send(room, "m" + i, "t" + i);
    }
    JsonNode page = messages(alice, room, "dir=b&limit=3");
    assertThat(each(page.path("chunk"), "/content/body")).containsExactly("m4", "m3", "m2");
    JsonNode next = messages(alice, room, "dir=b&limit=2&from=" + page.path("end").asText());
    assertThat(each(next.path("chunk"), "/content/body")).containsExactly("m1", "m0");
    JsonNode last = messages(alice, room, "dir=b&limit=100&from=" + next.path("end").asText());
    assertThat(each(last.path("chunk"), "/type")).endsWith("m.room.create");
    assertThat(last.has("end")).isFalse();
    JsonNode forth = messages(alice, room, "dir=f&limit=2&from=" + next.path("end").asText());
    assertThat(each(forth.path("chunk"), "/content/body")).containsExactly("m0", "m1");
    String filter = "&filter=%7B%22types%22:[%22m.room.cre*%22]%7D";
    assertThat(each(messages(alice, room, "dir=b" + filter).path("chunk"), "/type"))
        .containsExactly("m.room.create");
    alice.get(Client.room(room, "messages?dir=b&from=bad")).fails(400, "M_INVALID_PARAM");
    alice.get(Client.room(room, "messages")).fails(400, "M_MISSING_PARAM");
    register("bob").get(Client.room(room, "messages?dir=b")).fails(403, "M_FORBIDDEN");
  }

  @Test
  void whoLeftSeesNothingThatCameAfter_HS_VIS_LEFT() {
    Client alice = register("alice");
    Client bob = register("bob");
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    String before = alice.send(room, "before", "t1");
    bob.post(Client.room(room, "leave"), "{}").ok();
    String after = alice.send(room, "after", "t2");
    alice.setState(room, "m.room.name", "", "{'name':'new'}");
    assertThat(bob.get(Client.room(room, "event/" + before)).ok().at("/content/body").asText())
        .isEqualTo("before");
    bob.get(Client.room(room, "event/" + after)).fails(404, "M_NOT_FOUND");
    bob.get(Client.room(room, "state/m.room.name/")).fails(404, "M_NOT_FOUND");
    assertThat(each(messages(bob, room, "dir=b").path("chunk"), "/content/body"))
        .contains("before")
        .doesNotContain("after");
  }

  @Test
  void historyFromBeforeAJoinIsSeenWhereItIsSharedOnly() {
    Client alice = register("alice");
    Client bob = register("bob");
    String shared = alice.createRoom("{'preset':'public_chat'}");
    String closed =
        alice.createRoom(
            "{'preset':'public_chat','initial_state':[{'type':'m.room.history_visibility','content':{'history_visibility':'joined'}}]}");
    for (String room : List.of(shared, closed)) {
      alice.send(room, "early", "t" + room.hashCode());
      bob.join(room);
      alice.send(room, "late", "u" + room.hashCode());
    }
    assertThat(bodies(bob.firstSync(), shared)).containsExactly("early", "late");
    assertThat(bodies(bob.firstSync(), closed)).containsExactly("late");
  }

  @Test
  void aRedactionTakesTheContentAway() {
    Client alice = register("alice");
    Client bob = register("bob");
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    String hers = alice.send(room, "secret", "t1");
    String his = bob.send(room, "secret", "t1");
    bob.put(Client.room(room, "redact/" + hers + "/r1"), "{}").fails(403, "M_FORBIDDEN");
    bob.put(Client.room(room, "redact/$none/r2"), "{}").fails(404, "M_NOT_FOUND");
    String id =
        alice
            .put(Client.room(room, "redact/" + his + "/r1"), "{'reason':'why'}")
            .ok()
            .path("event_id")
            .asText();
    JsonNode redacted = bob.get(Client.room(room, "event/" + his)).ok();
    assertThat(redacted.path("content").isEmpty()).isTrue();
    assertThat(redacted.at("/unsigned/redacted_because/event_id").asText()).isEqualTo(id);
    JsonNode redaction = bob.get(Client.room(room, "event/" + id)).ok();
    assertThat(redaction.path("redacts").asText()).isEqualTo(his);
    assertThat(redaction.at("/content/redacts").asText()).isEqualTo(his);
    assertThat(bob.get(Client.room(room, "event/" + hers)).ok().at("/content/body").asText())
        .isEqualTo("secret");
  }

  @Test
  void anEventMayHaveTheLargestSizeAndNotOneByteMore_HS_SIZE_1() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String path = Client.room(room, "send/m.room.message/");
    int low = 60_000;
    int high = 65_536;
    assertThat(alice.put(path + "low", content(low)).status()).isEqualTo(200);
    while (high - low > 1) {
      int middle = (low + high) / 2;
      boolean fits = alice.put(path + middle, content(middle)).status() == 200;
      low = fits ? middle : low;
      high = fits ? high : middle;
    }
    alice.put(path + "edge", content(high)).fails(413, "M_TOO_LARGE");
    String key = "k".repeat(255);
    alice.setState(room, "x", key, "{}");
    alice.put(Client.room(room, "state/x/" + key + "k"), "{}").fails(413, "M_TOO_LARGE");
    alice.put(path + "fraction", "{'x':1.5}").fails(400, "M_BAD_JSON");
    alice.put(path + "big", "{'x':9007199254740992}").fails(400, "M_BAD_JSON");
    alice.put(path + "edge2", "{'x':9007199254740991}").ok();
  }

  private static String content(int length) {
    return "{'body':'" + "x".repeat(length) + "'}";
  }

  private static JsonNode state(Client client, String room, String type) {
    return client.get(Client.room(room, "state/" + type + "/")).ok();
  }

  private static String eventId(Client client, String room, String state) {
    return client.get(Client.room(room, state + "?format=event")).ok().path("event_id").asText();
  }

  private static JsonNode messages(Client client, String room, String query) {
    return client.get(Client.room(room, "messages?" + query)).ok();
  }
}
