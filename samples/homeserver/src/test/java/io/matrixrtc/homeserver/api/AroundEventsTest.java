package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Context and relations of events, and aliases of rooms. */
class AroundEventsTest extends ServerTest {
  private Client alice;
  private String room;

  @BeforeEach
  void users() {
    alice = register("alice");
    room = alice.createRoom("{'preset':'public_chat'}");
  }

  private String relate(String type, String rel, String target, String txn) {
    String content =
        "{'body':'%s','m.relates_to':{'rel_type':'%s','event_id':'%s'}}"
            .formatted(txn, rel, target);
    return alice
        .put(Client.room(room, "send/" + type + "/" + txn), content)
        .ok()
        .path("event_id")
        .asText();
  }

  private JsonNode relations(String target, String rest) {
    return alice
        .get("/_matrix/client/v1/rooms/" + Client.encode(room) + "/relations/" + target + rest)
        .ok();
  }

  private static List<String> ids(JsonNode page) {
    return each(page.path("chunk"), "/event_id");
  }

  @Test
  void anEventComesWithThoseAroundIt_HS_CONTEXT() {
    String[] sent = new String[7];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = alice.send(room, "m" + i, "t" + i);
    }
    JsonNode answer = alice.get(Client.room(room, "context/" + sent[3] + "?limit=5")).ok();
    assertThat(answer.at("/event/event_id").asText()).isEqualTo(sent[3]);
    assertThat(each(answer.path("events_before"), "/event_id"))
        .containsExactly(sent[2], sent[1], sent[0]);
    assertThat(each(answer.path("events_after"), "/event_id")).containsExactly(sent[4], sent[5]);
    assertThat(each(answer.path("state"), "/type")).contains("m.room.create", "m.room.member");
    String on = Client.room(room, "messages?dir=f&from=" + answer.path("end").asText());
    assertThat(ids(alice.get(on).ok())).containsExactly(sent[6]);
    String back = Client.room(room, "messages?dir=b&limit=1&from=" + answer.path("start").asText());
    assertThat(ids(alice.get(back).ok())).hasSize(1).doesNotContain(sent);
    JsonNode alone = alice.get(Client.room(room, "context/" + sent[3] + "?limit=0")).ok();
    assertThat(alone.path("events_before")).isEmpty();
    assertThat(alone.path("events_after")).isEmpty();
  }

  @Test
  void contextShowsNothingThatTheUserMayNotSee_HS_CONTEXT() {
    String event = alice.send(room, "one", "t1");
    String later = alice.send(room, "two", "t2");
    Client bob = register("bob");
    bob.get(Client.room(room, "context/" + event)).fails(404, "M_NOT_FOUND");
    bob.join(room);
    bob.post(Client.room(room, "leave"), "{}").ok();
    String after = alice.send(room, "after", "t3");
    JsonNode seen = bob.get(Client.room(room, "context/" + event)).ok();
    assertThat(each(seen.path("events_after"), "/event_id")).contains(later).doesNotContain(after);
    bob.get(Client.room(room, "context/" + after)).fails(404, "M_NOT_FOUND");
  }

  @Test
  void relationsArePagedAndFiltered_HS_RELATIONS() {
    String target = alice.send(room, "root", "t0");
    String other = alice.send(room, "other", "t1");
    String one = relate("m.reaction", "m.annotation", target, "r1");
    String two = relate("m.room.message", "m.reference", target, "r2");
    String three = relate("m.reaction", "m.annotation", target, "r3");
    relate("m.reaction", "m.annotation", other, "r4");
    assertThat(ids(relations(target, ""))).containsExactly(three, two, one);
    assertThat(ids(relations(target, "?dir=f"))).containsExactly(one, two, three);
    assertThat(ids(relations(target, "/m.annotation"))).containsExactly(three, one);
    assertThat(ids(relations(target, "/m.annotation/m.room.message"))).isEmpty();
    JsonNode first = relations(target, "?limit=2");
    assertThat(ids(first)).containsExactly(three, two);
    JsonNode rest = relations(target, "?limit=2&from=" + first.path("next_batch").asText());
    assertThat(ids(rest)).containsExactly(one);
    assertThat(rest.has("next_batch")).isFalse();
    alice.put(Client.room(room, "redact/" + three + "/x"), "{}").ok();
    assertThat(ids(relations(target, "/m.annotation"))).containsExactly(one);
  }

  @Test
  void indirectRelationsComeIfAskedForDownToThreeSteps_HS_RELATIONS() {
    String root = alice.send(room, "root", "t0");
    String one = relate("x", "r", root, "r1");
    String two = relate("x", "r", one, "r2");
    String three = relate("x", "r", two, "r3");
    relate("x", "r", three, "r4");
    assertThat(ids(relations(root, ""))).containsExactly(one);
    assertThat(ids(relations(root, "?recurse=true"))).containsExactly(three, two, one);
    alice
        .get("/_matrix/client/v1/rooms/" + Client.encode(room) + "/relations/$none")
        .fails(404, "M_NOT_FOUND");
  }

  @Test
  void aliasesAreSetFoundAndDeleted_HS_ALIAS() {
    String path = "/directory/room/" + Client.encode("#it:test");
    String body = "{'room_id':'" + room + "'}";
    Client bob = register("bob");
    nobody().get(path).fails(404, "M_NOT_FOUND");
    bob.put(path, body).fails(403, "M_FORBIDDEN");
    alice.put(path, body).ok();
    alice.put(path, body).fails(400, "M_ROOM_IN_USE");
    assertThat(nobody().get(path).ok().path("room_id").asText()).isEqualTo(room);
    assertThat(texts(alice.get(Client.room(room, "aliases")).ok().path("aliases")))
        .containsExactly("#it:test");
    bob.get(Client.room(room, "aliases")).fails(403, "M_FORBIDDEN");
    assertThat(bob.post("/join/" + Client.encode("#it:test"), "{}").ok().path("room_id").asText())
        .isEqualTo(room);
    bob.delete(path, "").fails(403, "M_FORBIDDEN");
    alice.delete(path, "").ok();
    alice.delete(path, "").fails(404, "M_NOT_FOUND");
    nobody().get(path).fails(404, "M_NOT_FOUND");
    alice
        .put("/directory/room/" + Client.encode("#it:elsewhere"), body)
        .fails(400, "M_INVALID_PARAM");
  }
}
