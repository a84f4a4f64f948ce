package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.http.BindFailed;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delayed events (MSC4140) in the form of deployed servers. */
class DelayedEventsTest extends ServerTest {
  static final String UNSTABLE = "/_matrix/client/unstable/org.matrix.msc4140/delayed_events";
  static final String STABLE = "/_matrix/client/v1/delayed_events";
  private static final String MEMBER = "org.matrix.msc3401.call.member";

  private Client alice;
  private Client bob;
  private String room;

  @BeforeEach
  void call() {
    alice = register("alice");
    bob = register("bob");
    room =
        alice.createRoom(
            "{'preset':'public_chat','power_level_content_override':{'events':{'%s':0}}}"
                .formatted(MEMBER));
    bob.join(room);
  }

  private String postpone(Client client, String key, String content, long millis) {
    return client
        .put(
            Client.room(
                room, "state/" + MEMBER + "/" + key + "?org.matrix.msc4140.delay=" + millis),
            content)
        .ok()
        .path("delay_id")
        .asText();
  }

  private JsonNode member(String key) {
    return alice.get(Client.room(room, "state/" + MEMBER + "/" + key)).body();
  }

  private Reply manage(String delayId, String action) {
    return nobody().post(UNSTABLE + "/" + delayId + "/" + action, "");
  }

  @Test
  void anEventGoesOutWhenItsTimeHasComeAndNotBefore_HS_DELAY_SCHEDULE() {
    bob.setState(room, MEMBER, "k", "{'v':1}");
    JsonNode before = alice.firstSync();
    Reply reply =
        bob.put(
            Client.room(room, "state/" + MEMBER + "/k?org.matrix.msc4140.delay=8000"), "{'v':2}");
    assertThat(names(reply.ok())).containsExactly("delay_id");
    time.advance(Duration.ofMillis(7_999));
    assertThat(member("k").path("v").asInt()).isEqualTo(1);
    assertThat(joined(alice.syncAfter(before), room).isMissingNode()).isTrue();
    time.advance(Duration.ofMillis(1));
    assertThat(member("k").path("v").asInt()).isEqualTo(2);
    JsonNode event = joined(alice.syncAfter(before), room).at("/timeline/events/0");
    assertThat(event.path("sender").asText()).isEqualTo("@bob:test");
    assertThat(event.path("origin_server_ts").asLong()).isEqualTo(time.instant().toEpochMilli());
    manage(reply.ok().path("delay_id").asText(), "send").fails(404, "M_NOT_FOUND");
  }

  @Test
  void aMessageMayBeLateToo_HS_DELAY_SCHEDULE() {
    String path = Client.room(room, "send/m.room.message/t?org.matrix.msc4140.delay=1000");
    String first = bob.put(path, "{'body':'late'}").ok().path("delay_id").asText();
    assertThat(bob.put(path, "{'body':'late'}").ok().path("delay_id").asText()).isEqualTo(first);
    time.advance(Duration.ofSeconds(1));
    assertThat(bodies(alice.firstSync(), room)).containsExactly("late");
    String redacted = bob.send(room, "to be redacted", "t2");
    bob.put(
            Client.room(room, "send/m.room.redaction/t3?org.matrix.msc4140.delay=1000"),
            "{'redacts':'" + redacted + "'}")
        .ok();
    assertThat(bodies(alice.firstSync(), room)).contains("to be redacted");
    time.advance(Duration.ofSeconds(1));
    assertThat(bodies(alice.firstSync(), room)).doesNotContain("to be redacted");
  }

  @Test
  void onlyTheShapeIsCheckedWhenItIsScheduled_HS_DELAY_SCHEDULE() {
    String delay = "?org.matrix.msc4140.delay=";
    bob.put(Client.room(room, "state/x/" + delay + "1000"), "{}").ok();
    bob.put(Client.room(room, "state/x/" + delay + "0"), "{}").fails(400, "M_INVALID_PARAM");
    bob.put(Client.room(room, "state/x/" + delay + "-5"), "{}").fails(400, "M_INVALID_PARAM");
    bob.put(Client.room(room, "state/x/" + delay + "x"), "{}").fails(400, "M_INVALID_PARAM");
    bob.put(Client.room(room, "state/x/" + delay + "5"), "[]").fails(400, "M_BAD_JSON");
    bob.put(Client.room(room, "state/x/" + delay + "5"), "{'v':1.5}").fails(400, "M_BAD_JSON");
    bob.put(Client.room("!none:test", "state/x/" + delay + "5"), "{}").fails(404, "M_NOT_FOUND");
    String large = "{'v':'" + "x".repeat(65_536) + "'}";
    bob.put(Client.room(room, "state/x/" + delay + "5"), large).fails(413, "M_TOO_LARGE");
  }

  @Test
  void restartSendAndCancelTakeTheIdAlone_HS_DELAY_MANAGE() {
    bob.setState(room, MEMBER, "k", "{'v':1}");
    String id = postpone(bob, "k", "{'v':2}", 8_000);
    for (int i = 0; i < 3; i++) {
      time.advance(Duration.ofMillis(7_999));
      manage(id, "restart").ok();
    }
    assertThat(member("k").path("v").asInt()).isEqualTo(1);
    manage(id, "send").ok();
    assertThat(member("k").path("v").asInt()).isEqualTo(2);

    String cancelled = postpone(bob, "k", "{'v':3}", 8_000);
    String kept = postpone(bob, "k", "{'v':4}", 9_000);
    assertThat(bob.post(UNSTABLE + "/" + cancelled + "/cancel", "{}").ok()).isEmpty();
    time.advance(Duration.ofSeconds(8));
    assertThat(member("k").path("v").asInt()).isEqualTo(2);
    time.advance(Duration.ofSeconds(1));
    assertThat(member("k").path("v").asInt()).isEqualTo(4);
    manage(kept, "restart").fails(404, "M_NOT_FOUND");
  }

  @Test
  void theOldFormNamesTheActionInItsBody_HS_DELAY_MANAGE() {
    String id = postpone(bob, "k", "{'v':2}", 8_000);
    String path = UNSTABLE + "/" + id;
    bob.post(path, "{}").fails(400, "M_MISSING_PARAM");
    bob.post(path, "{'action':'explode'}").fails(400, "M_INVALID_PARAM");
    time.advance(Duration.ofMillis(7_999));
    bob.post(path, "{'action':'restart'}").ok();
    time.advance(Duration.ofMillis(7_999));
    assertThat(member("k").path("errcode").asText()).isEqualTo("M_NOT_FOUND");
    nobody().post(path, "{'action':'send'}").ok();
    assertThat(member("k").path("v").asInt()).isEqualTo(2);
    bob.post(path, "{'action':'cancel'}").fails(404, "M_NOT_FOUND");
  }

  @Test
  void whatIsUnknownSentOrCancelledIsNotFound_HS_DELAY_404() {
    manage("unknown", "restart").fails(404, "M_NOT_FOUND");
    String sent = postpone(bob, "k", "{}", 1_000);
    time.advance(Duration.ofSeconds(1));
    String cancelled = postpone(bob, "k", "{}", 1_000);
    manage(cancelled, "cancel").ok();
    for (String id : new String[] {sent, cancelled}) {
      for (String action : new String[] {"restart", "send", "cancel"}) {
        manage(id, action).fails(404, "M_NOT_FOUND");
      }
    }
    nobody().post(UNSTABLE + "/x/explode", "{}").fails(404, "M_UNRECOGNIZED");
  }

  @Test
  void theScheduleSurvivesARestartAndWhatIsOverdueGoesOutAtOnce_HS_DELAY_PERSIST()
      throws BindFailed {
    String overdue = postpone(bob, "a", "{'v':1}", 5_000);
    String later = postpone(bob, "b", "{'v':2}", 60_000);
    server.close();
    time.advance(Duration.ofSeconds(6));
    server.restart();
    assertThat(member("a").path("v").asInt()).isEqualTo(1);
    assertThat(member("b").path("errcode").asText()).isEqualTo("M_NOT_FOUND");
    manage(overdue, "send").fails(404, "M_NOT_FOUND");
    manage(later, "restart").ok();
    time.advance(Duration.ofMillis(59_999));
    assertThat(member("b").path("errcode").asText()).isEqualTo("M_NOT_FOUND");
    time.advance(Duration.ofMillis(1));
    assertThat(member("b").path("v").asInt()).isEqualTo(2);
  }

  @Test
  void overdueEventsGoOutInTheOrderOfTheirTimes_HS_DELAY_PERSIST() throws BindFailed {
    for (int i : new int[] {3, 1, 2}) {
      bob.put(
              Client.room(room, "send/m.room.message/t" + i + "?org.matrix.msc4140.delay=" + i),
              "{'body':'" + i + "'}")
          .ok();
    }
    server.close();
    time.advance(Duration.ofSeconds(1));
    server.restart();
    assertThat(bodies(alice.firstSync(), room)).containsExactly("1", "2", "3");
  }

  @Test
  void permissionsAreThoseOfTheMomentOfSending_HS_DELAY_PERM() {
    String leave = postpone(bob, "k", "{}", 5_000);
    String other = postpone(bob, "l", "{}", 50_000);
    bob.post(Client.room(room, "leave"), "{}").ok();
    manage(other, "send").fails(403, "M_FORBIDDEN");
    time.advance(Duration.ofSeconds(5));
    assertThat(member("k").path("errcode").asText()).isEqualTo("M_NOT_FOUND");
    JsonNode ended = bob.get(STABLE + "/" + leave).ok().path("finalised");
    assertThat(ended.at("/error/errcode").asText()).isEqualTo("M_FORBIDDEN");
    assertThat(ended.has("event_id")).isFalse();
    // The one whose sending was refused is still scheduled, and goes out once it may.
    bob.join(room);
    manage(other, "send").ok();
    assertThat(member("l").isObject()).isTrue();
  }

  @Test
  void stateThatSomebodyElseSetsCancelsItAndOnesOwnDoesNot_HS_DELAY_OTHER() {
    String own = postpone(bob, "k", "{'v':9}", 5_000);
    bob.setState(room, MEMBER, "k", "{'v':1}");
    manage(own, "restart").ok();
    alice.setState(room, MEMBER, "other", "{'v':1}");
    manage(own, "restart").ok();
    alice.setState(room, MEMBER, "k", "{'v':2}");
    manage(own, "restart").fails(404, "M_NOT_FOUND");
    time.advance(Duration.ofSeconds(5));
    assertThat(member("k").path("v").asInt()).isEqualTo(2);
  }

  @Test
  void aUserListsTheOwnOnesSoonestFirst_HS_DELAY_LIST() {
    long now = time.instant().toEpochMilli();
    String late = postpone(bob, "k", "{'v':1}", 9_000);
    String soon = postpone(bob, "l", "{'v':2}", 5_000);
    String cancelled = postpone(bob, "m", "{'v':3}", 1_000);
    manage(cancelled, "cancel").ok();
    JsonNode all = bob.get(UNSTABLE).ok();
    assertThat(each(all.path("delayed_events"), "/delay_id")).containsExactly(soon, late);
    assertThat(each(all.path("finalised"), "/delay_id")).containsExactly(cancelled);
    JsonNode first = all.at("/delayed_events/0");
    assertThat(first.path("room_id").asText()).isEqualTo(room);
    assertThat(first.path("type").asText()).isEqualTo(MEMBER);
    assertThat(first.path("state_key").asText()).isEqualTo("l");
    assertThat(first.path("delay").asLong()).isEqualTo(5_000);
    assertThat(first.path("running_since").asLong()).isEqualTo(now);
    assertThat(first.at("/content/v").asInt()).isEqualTo(2);
    assertThat(names(bob.get(UNSTABLE + "?status=finalised").ok())).containsExactly("finalised");
    assertThat(each(bob.get(UNSTABLE + "?delay_id=" + late).ok().path("scheduled"), "/delay_id"))
        .containsExactly(late);
    bob.get(UNSTABLE + "?status=odd").fails(400, "M_INVALID_PARAM");
    assertThat(alice.get(UNSTABLE).ok().path("delayed_events")).isEmpty();
    nobody().get(UNSTABLE).fails(401, "M_MISSING_TOKEN");
    JsonNode one = bob.get(UNSTABLE + "/" + soon).ok();
    assertThat(one.path("delay_ms").asLong()).isEqualTo(5_000);
    assertThat(one.path("delayed_since_ts").asLong()).isEqualTo(now);
    alice.get(UNSTABLE + "/" + soon).fails(404, "M_NOT_FOUND");
    bob.get(UNSTABLE + "/" + cancelled).fails(404, "M_NOT_FOUND");
  }

  @Test
  void theSenderAloneSeesWhichDelayedEventItWas_HS_DELAY_ID() {
    String id = postpone(bob, "k", "{'v':1}", 1_000);
    time.advance(Duration.ofSeconds(1));
    String path = Client.room(room, "state/" + MEMBER + "/k?format=event");
    JsonNode his = bob.get(path).ok().path("unsigned");
    assertThat(his.path("org.matrix.msc4140.delay_id").asText()).isEqualTo(id);
    assertThat(his.path("delay_id").asText()).isEqualTo(id);
    assertThat(his.has("transaction_id")).isFalse();
    assertThat(alice.get(path).ok().toString()).doesNotContain(id);
  }

  @Test
  void aTestMayLetThemGoOutAtOnce_HS_DELAY_FIRE() {
    postpone(bob, "k", "{'v':1}", 3_600_000);
    postpone(alice, "l", "{'v':2}", 3_600_000);
    server.fireDelayedEvents("@bob:test");
    assertThat(member("k").path("v").asInt()).isEqualTo(1);
    assertThat(member("l").path("errcode").asText()).isEqualTo("M_NOT_FOUND");
    assertThat(each(alice.get(UNSTABLE).ok().path("delayed_events"), "/state_key"))
        .containsExactly("l");
  }
}
