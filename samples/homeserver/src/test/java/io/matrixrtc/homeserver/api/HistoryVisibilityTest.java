package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who sees what of a room, by each endpoint that shows events. */
class HistoryVisibilityTest extends ServerTest {
  private Client alice;
  private Client bob;

  @BeforeEach
  void users() {
    alice = register("alice");
    bob = register("bob");
  }

  private String room(String rule) {
    return alice.createRoom(
        "{'preset':'public_chat','initial_state':[{'type':'m.room.history_visibility','content':{'history_visibility':'%s'}}]}"
            .formatted(rule));
  }

  /** What the user is shown of these events by single look-ups; the other endpoints must agree. */
  private static List<String> seen(Client user, String room, Map<String, String> events) {
    List<String> seen =
        events.keySet().stream()
            .filter(
                name -> user.get(Client.room(room, "event/" + events.get(name))).status() == 200)
            .toList();
    for (Map.Entry<String, String> event : events.entrySet()) {
      Reply context = user.get(Client.room(room, "context/" + event.getValue() + "?limit=100"));
      if (seen.contains(event.getKey())) {
        JsonNode body = context.ok();
        assertThat(each(body.path("events_before"), "/content/body"))
            .allMatch(text -> text.isEmpty() || seen.contains(text));
        assertThat(each(body.path("events_after"), "/content/body"))
            .allMatch(text -> text.isEmpty() || seen.contains(text));
      } else {
        context.fails(404, "M_NOT_FOUND");
      }
    }
    for (String direction : List.of("f", "b")) {
      Reply messages = user.get(Client.room(room, "messages?limit=100&dir=" + direction));
      if (messages.status() == 200) {
        assertThat(each(messages.body().path("chunk"), "/content/body"))
            .filteredOn(text -> !text.isEmpty())
            .containsExactlyInAnyOrderElementsOf(seen);
      } else {
        messages.fails(403, "M_FORBIDDEN");
        assertThat(seen).isEmpty();
      }
    }
    return seen;
  }

  private void check(
      String rule, List<String> whileJoined, List<String> afterwards, List<String> outsider) {
    String room = room(rule);
    Map<String, String> events = new LinkedHashMap<>();
    events.put("first", alice.send(room, "first", "t1"));
    alice.invite(room, bob);
    events.put("invited", alice.send(room, "invited", "t2"));
    bob.join(room);
    events.put("joined", alice.send(room, "joined", "t3"));
    assertThat(seen(bob, room, events)).isEqualTo(whileJoined);
    JsonNode sync = bob.firstSync(100);
    assertThat(bodies(sync, room)).isEqualTo(whileJoined);
    bob.post(Client.room(room, "leave"), "{}").ok();
    events.put("left", alice.send(room, "left", "t4"));
    assertThat(seen(bob, room, events)).isEqualTo(afterwards);
    assertThat(bob.syncAfter(sync).toString()).doesNotContain("\"left\",\"body\"");
    Client carol = register("carol" + room.substring(1, 6).toLowerCase(java.util.Locale.ROOT));
    assertThat(seen(carol, room, events)).isEqualTo(outsider);
  }

  @Test
  void sharedHistoryIsForAllWhoJoinBackToItsBeginning_HS_VIS_RULES() {
    List<String> all = List.of("first", "invited", "joined");
    check("shared", all, all, List.of());
  }

  @Test
  void invitedIsFromTheInviteOn_HS_VIS_RULES() {
    List<String> part = List.of("invited", "joined");
    check("invited", part, part, List.of());
  }

  @Test
  void joinedIsFromTheJoinOn_HS_VIS_RULES() {
    check("joined", List.of("joined"), List.of("joined"), List.of());
  }

  @Test
  void worldReadableIsForEverybody_HS_VIS_RULES() {
    List<String> all = List.of("first", "invited", "joined", "left");
    check("world_readable", all.subList(0, 3), all, all);
  }

  @Test
  void aChangeIsSeenWhereTheOldRuleOrTheNewOneAllowsIt_HS_VIS_CHANGE() {
    String room = room("joined");
    Map<String, String> events = new LinkedHashMap<>();
    events.put("before", alice.send(room, "before", "t1"));
    events.put("opened", rule(room, "shared"));
    events.put("open", alice.send(room, "open", "t2"));
    events.put("closed", rule(room, "joined"));
    events.put("after", alice.send(room, "after", "t3"));
    bob.join(room);
    List<String> seen =
        events.keySet().stream()
            .filter(name -> bob.get(Client.room(room, "event/" + events.get(name))).status() == 200)
            .toList();
    assertThat(seen).containsExactly("opened", "open", "closed");
    assertThat(bodies(bob.firstSync(100), room)).containsExactly("open");
  }

  private String rule(String room, String rule) {
    return alice.setState(
        room, "m.room.history_visibility", "", "{'history_visibility':'" + rule + "'}");
  }

  @Test
  void membersAreThoseOfThePointAskedFor_HS_MEMBERS_AT() {
    Client carol = register("carol");
    String room = room("shared");
    JsonNode early = alice.firstSync();
    bob.join(room);
    JsonNode both = alice.syncAfter(early);
    carol.join(room);
    bob.post(Client.room(room, "leave"), "{}").ok();
    assertThat(members(alice, room, early)).containsExactly("@alice:test");
    assertThat(members(alice, room, both)).containsExactlyInAnyOrder("@alice:test", "@bob:test");
    String now = alice.firstSync().path("next_batch").asText();
    JsonNode present = alice.get(Client.room(room, "members?not_membership=leave&at=" + now)).ok();
    assertThat(each(present.path("chunk"), "/state_key"))
        .containsExactlyInAnyOrder("@alice:test", "@carol:test");
    // Nobody looks behind the own leave.
    alice.setState(room, "m.room.name", "", "{'name':'later'}");
    register("dan").join(room);
    String later = alice.firstSync().path("next_batch").asText();
    assertThat(
            each(
                bob.get(Client.room(room, "members?at=" + later)).ok().path("chunk"), "/state_key"))
        .contains("@carol:test")
        .doesNotContain("@dan:test");
    // The token of a timeline does as well, as clients that load members late use it.
    String prev = joined(both, room).at("/timeline/prev_batch").asText();
    assertThat(
            each(
                alice.get(Client.room(room, "members?at=" + prev)).ok().path("chunk"),
                "/state_key"))
        .containsExactly("@alice:test");
    alice.get(Client.room(room, "members?at=odd")).fails(400, "M_INVALID_PARAM");
  }

  private static List<String> members(Client client, String room, JsonNode at) {
    String token = at.path("next_batch").asText();
    return each(
        client.get(Client.room(room, "members?at=" + token)).ok().path("chunk"), "/state_key");
  }

  @Test
  void encryptionIsStateThatInvitedUsersSeeAndOrdinaryMembersCannotChange_HS_ENCRYPTION() {
    String room =
        alice.createRoom(
            "{'preset':'public_chat','initial_state':[{'type':'m.room.encryption','content':{'algorithm':'m.megolm.v1.aes-sha2','rotation_period_msgs':10}}]}");
    alice.invite(room, bob);
    JsonNode invite = bob.firstSync().at("/rooms/invite").path(room).at("/invite_state/events");
    assertThat(each(invite, "/type")).contains("m.room.encryption");
    bob.join(room);
    for (String shown :
        List.of(
            bob.get(Client.room(room, "state/m.room.encryption")).ok().toString(),
            joined(bob.firstSync(), room).toString())) {
      assertThat(shown).contains("\"rotation_period_msgs\":10");
    }
    bob.put(Client.room(room, "state/m.room.encryption"), "{}").fails(403, "M_FORBIDDEN");
    alice
        .put(Client.room(room, "state/m.room.encryption"), "{'algorithm':'m.megolm.v1.aes-sha2'}")
        .ok();
  }
}
