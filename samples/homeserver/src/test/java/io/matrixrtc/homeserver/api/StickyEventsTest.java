package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.rooms.StickyEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sticky events (MSC4354). */
class StickyEventsTest extends ServerTest {
  private static final String LEFT = "/unsigned/msc4354_sticky_duration_ttl_ms";

  private Client alice;
  private String room;

  @BeforeEach
  void room() {
    alice = register("alice");
    room =
        alice.createRoom(
            "{'preset':'public_chat','initial_state':[{'type':'m.room.history_visibility','content':{'history_visibility':'joined'}}]}");
  }

  private static String stick(Client client, String room, String txn, long millis) {
    return client
        .put(
            Client.room(
                room,
                "send/m.room.encrypted/"
                    + txn
                    + "?org.matrix.msc4354.sticky_duration_ms="
                    + millis),
            "{'ciphertext':'" + txn + "'}")
        .ok()
        .path("event_id")
        .asText();
  }

  private void fillTimeline(int count) {
    for (int i = 0; i < count; i++) {
      alice.send(room, "filler", "f" + time.instant() + i);
    }
  }

  private JsonNode sticky(JsonNode sync) {
    return joined(sync, room).at("/msc4354_sticky/events");
  }

  private static List<String> ids(JsonNode events) {
    return each(events, "/event_id");
  }

  @Test
  void aStickyEventComesInTheTimelineIfThatHoldsIt_HS_STICKY_ONCE() {
    Client bob = register("bob");
    bob.join(room);
    JsonNode before = bob.firstSync();
    String event = stick(alice, room, "t", 60_000);
    time.advance(Duration.ofSeconds(10));
    JsonNode after = bob.syncAfter(before);
    JsonNode shown = joined(after, room).at("/timeline/events/0");
    assertThat(shown.path("event_id").asText()).isEqualTo(event);
    assertThat(shown.at("/msc4354_sticky/duration_ms").asLong()).isEqualTo(60_000);
    assertThat(shown.at(LEFT).asLong()).isEqualTo(50_000);
    assertThat(sticky(after).isMissingNode()).isTrue();
    assertThat(joined(bob.syncAfter(after), room).isMissingNode()).isTrue();
  }

  @Test
  void beyondALimitItComesInItsOwnSection_HS_STICKY_ONCE() {
    Client bob = register("bob");
    bob.join(room);
    JsonNode before = bob.firstSync();
    String event = stick(alice, room, "t", 60_000);
    fillTimeline(10);
    JsonNode after = bob.syncAfter(before);
    assertThat(joined(after, room).at("/timeline/limited").asBoolean()).isTrue();
    assertThat(ids(sticky(after))).containsExactly(event);
    assertThat(sticky(after).get(0).at(LEFT).asLong()).isEqualTo(60_000);
    assertThat(ids(sticky(bob.syncAfter(before)))).containsExactly(event);
    assertThat(joined(bob.syncAfter(after), room).isMissingNode()).isTrue();
    // A filter of the timeline does not keep it away.
    String none = Client.encode("{\"room\":{\"timeline\":{\"types\":[]}}}");
    JsonNode filtered =
        bob.get("/sync?since=" + before.path("next_batch").asText() + "&filter=" + none).ok();
    assertThat(ids(sticky(filtered))).containsExactly(event);
  }

  @Test
  void whoJoinsLaterGetsWhatIsStillStickyWhateverTheHistoryVisibility_HS_STICKY_VISIBLE() {
    Client bob = register("bob");
    JsonNode before = bob.firstSync();
    String gone = stick(alice, room, "gone", 1_000);
    String live = stick(alice, room, "live", 60_000);
    String plain = alice.send(room, "control", "t");
    time.advance(Duration.ofSeconds(1));
    bob.join(room);
    for (JsonNode sync : List.of(bob.syncAfter(before), bob.firstSync())) {
      assertThat(ids(sticky(sync))).containsExactly(live);
      assertThat(sticky(sync).get(0).at(LEFT).asLong()).isEqualTo(59_000);
      assertThat(sticky(sync).get(0).at("/content/ciphertext").asText()).isEqualTo("live");
      assertThat(ids(joined(sync, room).at("/timeline/events"))).doesNotContain(live, gone, plain);
    }
    bob.get(Client.room(room, "event/" + live)).ok();
    bob.get(Client.room(room, "event/" + gone)).fails(404, "M_NOT_FOUND");
    bob.get(Client.room(room, "event/" + plain)).fails(404, "M_NOT_FOUND");
    time.advance(Duration.ofSeconds(59));
    bob.get(Client.room(room, "event/" + live)).fails(404, "M_NOT_FOUND");
    register("carol").get(Client.room(room, "event/" + live)).fails(404, "M_NOT_FOUND");
  }

  @Test
  void whoComesBackGetsThemAgain_HS_STICKY_VISIBLE() {
    Client bob = register("bob");
    bob.join(room);
    JsonNode before = bob.firstSync();
    bob.post(Client.room(room, "leave"), "{}").ok();
    String event = stick(alice, room, "t", 60_000);
    assertThat(bob.syncAfter(before).toString()).doesNotContain(event);
    bob.join(room);
    assertThat(ids(sticky(bob.syncAfter(before)))).containsExactly(event);
  }

  @Test
  void aLongerDurationThanAnHourCountsAsAnHour_HS_STICKY_BOUND() {
    String hour = stick(alice, room, "hour", 3_600_000);
    String more = stick(alice, room, "more", 3_600_001);
    String none = stick(alice, room, "none", 0);
    time.advance(Duration.ofMillis(3_599_999));
    for (String event : List.of(hour, more)) {
      JsonNode shown = alice.get(Client.room(room, "event/" + event)).ok();
      assertThat(shown.at(LEFT).asLong()).isEqualTo(1);
    }
    JsonNode shown = alice.get(Client.room(room, "event/" + none)).ok();
    assertThat(shown.at("/msc4354_sticky/duration_ms").asLong(-1)).isZero();
    assertThat(shown.at(LEFT).isMissingNode()).isTrue();
    time.advance(Duration.ofMillis(1));
    for (String event : List.of(hour, more)) {
      assertThat(alice.get(Client.room(room, "event/" + event)).ok().at(LEFT).isMissingNode())
          .isTrue();
    }
    fillTimeline(10);
    assertThat(sticky(alice.firstSync()).isMissingNode()).isTrue();
    for (String bad : List.of("-1", "x", "1.5")) {
      alice
          .put(Client.room(room, "send/x/bad?sticky_duration_ms=" + bad), "{}")
          .fails(400, "M_INVALID_PARAM");
    }
  }

  @Test
  void anAnswerHasAHundredAndTheNextOneTheRest_HS_STICKY_LIMIT() {
    Client bob = register("bob");
    bob.join(room);
    JsonNode before = bob.firstSync();
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      sent.add(stick(alice, room, "t" + i, 60_000));
    }
    fillTimeline(10);
    JsonNode first = bob.syncAfter(before);
    assertThat(ids(sticky(first))).isEqualTo(sent.subList(0, 100));
    JsonNode second = bob.syncAfter(first);
    assertThat(ids(sticky(second))).isEqualTo(sent.subList(100, 101));
    assertThat(joined(bob.syncAfter(second), room).isMissingNode()).isTrue();
  }

  @Test
  void aRedactedEventIsStickyNoMore_HS_STICKY_REDACTED() {
    String event = stick(alice, room, "t", 60_000);
    fillTimeline(10);
    assertThat(ids(sticky(alice.firstSync()))).containsExactly(event);
    alice.put(Client.room(room, "redact/" + event + "/r"), "{}").ok();
    assertThat(sticky(alice.firstSync()).isMissingNode()).isTrue();
    assertThat(alice.get(Client.room(room, "event/" + event)).ok().toString())
        .doesNotContain("sticky");
  }

  @Test
  void aDelayedEventIsStickyFromTheMomentItIsSent_HS_STICKY_DELAYED() {
    alice
        .put(
            Client.room(
                room,
                "send/org.matrix.msc4143.rtc.member/t?org.matrix.msc4140.delay=8000&org.matrix.msc4354.sticky_duration_ms=30000"),
            "{'msc4354_sticky_key':'k'}")
        .ok();
    fillTimeline(10);
    assertThat(sticky(alice.firstSync()).isMissingNode()).isTrue();
    time.advance(Duration.ofSeconds(8));
    fillTimeline(10);
    JsonNode event = sticky(alice.firstSync()).get(0);
    assertThat(event.at("/content/msc4354_sticky_key").asText()).isEqualTo("k");
    assertThat(event.at(LEFT).asLong()).isEqualTo(30_000);
  }

  @Test
  void theyAreStillStickyAfterARestart_HS_STICKY_ONCE() throws BindFailed {
    String event = stick(alice, room, "t", 60_000);
    fillTimeline(10);
    server.restart();
    assertThat(ids(sticky(alice.firstSync()))).containsExactly(event);
  }

  @Test
  void eitherNameIsTakenAndTheConfiguredOnesAreShown_HS_STICKY_NAMES() throws BindFailed {
    for (StickyEvents names :
        List.of(StickyEvents.UNSTABLE, StickyEvents.STABLE, StickyEvents.BOTH)) {
      try (EmbeddedHomeserver other =
          EmbeddedHomeserver.start(
              HomeserverConfig.defaults().withTime(time).withStickyEvents(names))) {
        Client bob = Client.register(other, "bob");
        String hall = bob.createRoom("{}");
        stick(bob, hall, "t1", 60_000);
        bob.put(Client.room(hall, "send/x/t2?sticky_duration_ms=30000"), "{}").ok();
        JsonNode shown = joined(bob.get("/sync?filter=" + Client.limit(0)).ok(), hall);
        boolean stable = names != StickyEvents.UNSTABLE;
        boolean unstable = names != StickyEvents.STABLE;
        JsonNode old = shown.at("/msc4354_sticky/events");
        JsonNode current = shown.at("/sticky/events");
        assertThat(each(old, "/msc4354_sticky/duration_ms"))
            .isEqualTo(unstable ? List.of("60000", "30000") : List.of());
        assertThat(each(old, LEFT)).hasSize(unstable ? 2 : 0);
        assertThat(each(current, "/sticky/duration_ms"))
            .isEqualTo(stable ? List.of("60000", "30000") : List.of());
        assertThat(each(current, "/unsigned/sticky_duration_remaining_ms"))
            .isEqualTo(stable ? List.of("60000", "30000") : List.of());
        assertThat(
                Client.nobody(other)
                    .get("/_matrix/client/versions")
                    .ok()
                    .at("/unstable_features/org.matrix.msc4354")
                    .asBoolean())
            .isTrue();
      }
    }
  }
}
