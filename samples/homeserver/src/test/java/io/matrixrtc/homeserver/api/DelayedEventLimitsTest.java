package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.delayed.DelayedEventPolicy;
import io.matrixrtc.homeserver.delayed.DelayedEventPolicy.TooLong;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.RateLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Limits of delayed events, and the stable endpoints of the merged proposal. */
class DelayedEventLimitsTest extends ServerTest {
  private static final String UNSTABLE = DelayedEventsTest.UNSTABLE;
  private static final String STABLE = DelayedEventsTest.STABLE;

  @Override
  HomeserverConfig configure(HomeserverConfig config) {
    return config
        .withDelayedEvents(DelayedEventPolicy.defaults().withLimits(Duration.ofMinutes(1), 2))
        .withRateLimits(RateLimits.off().with(RateClass.DELAYED_EVENTS, 8, 1));
  }

  private static Reply postpone(Client client, String room, long millis) {
    return client.put(Client.room(room, "state/x/?org.matrix.msc4140.delay=" + millis), "{'v':1}");
  }

  private static Reply schedule(Client client, String room, String txn, String body) {
    return client.put(Client.room(room, "delayed_event/x/" + txn), body);
  }

  @Test
  void theLongestDelayIsTakenAndNotAMillisecondMore_HS_DELAY_MAX() throws BindFailed {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    postpone(alice, room, 60_000).ok();
    postpone(alice, room, 60_001).fails(403, "M_FORBIDDEN");
    schedule(alice, room, "t", "{'delay_ms':60001,'content':{}}").fails(400, "M_DELAY_TOO_LARGE");
    schedule(alice, room, "t", "{'delay_ms':60000,'content':{}}").ok();
    for (TooLong form : TooLong.values()) {
      DelayedEventPolicy policy =
          DelayedEventPolicy.defaults().withLimits(Duration.ofMillis(10), 1).withTooLong(form);
      try (EmbeddedHomeserver other =
          EmbeddedHomeserver.start(HomeserverConfig.defaults().withDelayedEvents(policy))) {
        Client bob = Client.register(other, "bob");
        Reply reply = postpone(bob, bob.createRoom("{}"), 11);
        switch (form) {
          case FORBIDDEN -> reply.fails(403, "M_FORBIDDEN");
          case MAX_DELAY_EXCEEDED -> {
            reply.fails(400, "M_UNKNOWN");
            assertThat(reply.body().path("org.matrix.msc4140.errcode").asText())
                .isEqualTo("M_MAX_DELAY_EXCEEDED");
            assertThat(reply.body().path("org.matrix.msc4140.max_delay").asLong()).isEqualTo(10);
          }
          case DELAY_TOO_LARGE -> reply.fails(400, "ORG.MATRIX.MSC4140_DELAY_TOO_LARGE");
        }
      }
    }
  }

  @Test
  void aUserHasSoManyScheduledAndNotOneMore_HS_DELAY_COUNT() {
    Client alice = register("alice");
    Client bob = register("bob");
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    postpone(alice, room, 20_000).ok();
    time.advance(Duration.ofMillis(500));
    postpone(alice, alice.createRoom("{}"), 30_000).ok();
    Reply limited = postpone(alice, room, 1_000).fails(429, "M_LIMIT_EXCEEDED");
    assertThat(limited.headers().firstValue("Retry-After")).contains("20");
    assertThat(limited.body().path("retry_after_ms").asLong()).isEqualTo(19_500);
    postpone(bob, room, 1_000).ok();
    time.advance(Duration.ofMillis(19_500));
    postpone(alice, room, 1_000).ok();
  }

  @Test
  void theLimitsAreCapabilities_HS_DELAY_MAX() {
    JsonNode capabilities = register("alice").get("/capabilities").ok().path("capabilities");
    for (String name : new String[] {"org.matrix.msc4140.delayed_events", "m.delayed_events"}) {
      assertThat(capabilities.path(name).toString())
          .isEqualTo("{\"max_delay_ms\":60000,\"max_scheduled\":2}");
    }
    assertThat(
            nobody()
                .get("/_matrix/client/versions")
                .ok()
                .at("/unstable_features/org.matrix.msc4140")
                .asBoolean())
        .isTrue();
  }

  @Test
  void managingIsLimitedByUserOrAddress_HS_LIMIT_CLASS() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String id = postpone(alice, room, 60_000).ok().path("delay_id").asText();
    String restart = UNSTABLE + "/" + id + "/restart";
    for (int i = 0; i < 8; i++) {
      alice.post(restart, "").ok();
    }
    alice.post(restart, "").fails(429, "M_LIMIT_EXCEEDED");
    nobody().post(restart, "").ok();
    time.advance(Duration.ofSeconds(1));
    alice.post(restart, "").ok();
    alice.put(Client.room(room, "state/y/"), "{}").ok();
  }

  @Test
  void theMergedEndpointTakesTheDelayInItsBody_HS_DELAY_STABLE() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String body = "{'delay_ms':5000,'state_key':'k','content':{'v':1}}";
    String id = schedule(alice, room, "t", body).ok().path("delay_id").asText();
    assertThat(schedule(alice, room, "t", body).ok().path("delay_id").asText()).isEqualTo(id);
    for (String bad :
        new String[] {
          "{'delay_ms':0,'content':{}}",
          "{'delay_ms':1.5,'content':{}}",
          "{'delay_ms':'5','content':{}}",
          "{'delay_ms':5,'content':7}",
          "{'delay_ms':5,'content':{},'state_key':7}"
        }) {
      schedule(alice, room, "bad", bad).fails(400, "M_INVALID_PARAM");
    }
    schedule(alice, room, "bad", "{'delay_ms':5}").fails(400, "M_MISSING_PARAM");
    schedule(alice, room, "bad", "{'content':{}}").fails(400, "M_MISSING_PARAM");
    String prefixed = "/_matrix/client/unstable/org.matrix.msc4140";
    for (String base : new String[] {"/_matrix/client/v1", prefixed}) {
      String other =
          alice
              .put(base + Client.room(room, "delayed_event/m.room.message/t"), body)
              .ok()
              .path("delay_id")
              .asText();
      assertThat(other).isNotEqualTo(id);
      nobody().post(STABLE + "/" + other + "/cancel", "").ok();
    }
    time.advance(Duration.ofSeconds(5));
    assertThat(alice.get(Client.room(room, "state/x/k")).ok().path("v").asInt()).isEqualTo(1);
  }

  @Test
  void anActionAfterTheEndAgreesOrConflicts_HS_DELAY_CONFLICT() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String sent = postpone(alice, room, 1_000).ok().path("delay_id").asText();
    time.advance(Duration.ofSeconds(1));
    JsonNode ended = alice.get(STABLE + "/" + sent).ok().path("finalised");
    assertThat(ended.path("event_id").asText()).startsWith("$");
    assertThat(ended.path("finalised_ts").asLong()).isEqualTo(time.instant().toEpochMilli());
    nobody().post(STABLE + "/" + sent + "/send", "").ok();
    nobody().post(STABLE + "/" + sent + "/cancel", "").fails(409, "M_UNKNOWN");
    nobody().post(STABLE + "/" + sent + "/restart", "").fails(409, "M_UNKNOWN");
    String cancelled = postpone(alice, room, 1_000).ok().path("delay_id").asText();
    nobody().post(STABLE + "/" + cancelled + "/cancel", "").ok();
    nobody().post(STABLE + "/" + cancelled + "/cancel", "").ok();
    nobody().post(STABLE + "/" + cancelled + "/send", "").fails(409, "M_UNKNOWN");
    assertThat(alice.get(STABLE + "/" + cancelled).ok().path("finalised").size()).isEqualTo(1);
    nobody().post(STABLE + "/none/cancel", "").fails(404, "M_NOT_FOUND");
    assertThat(each(alice.get(STABLE).ok().path("finalised"), "/delay_id"))
        .containsExactlyInAnyOrder(sent, cancelled);
  }

  @Test
  void endedOnesAreRememberedForAWeek_HS_DELAY_KEPT() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String first = postpone(alice, room, 1).ok().path("delay_id").asText();
    time.advance(Duration.ofMillis(1));
    assertThat(alice.get(STABLE + "/" + first).ok().has("finalised")).isTrue();
    time.advance(Duration.ofDays(7).minusMillis(2));
    String second = postpone(alice, room, 1).ok().path("delay_id").asText();
    time.advance(Duration.ofMillis(1));
    alice.get(STABLE + "/" + first).ok();
    String third = postpone(alice, room, 1).ok().path("delay_id").asText();
    time.advance(Duration.ofMillis(1));
    alice.get(STABLE + "/" + first).fails(404, "M_NOT_FOUND");
    alice.get(STABLE + "/" + second).ok();
    alice.get(STABLE + "/" + third).ok();
  }

  @Test
  void atMostAThousandEndedOnesAreRemembered_HS_DELAY_KEPT() {
    Client alice = register("alice");
    String room = alice.createRoom("{}");
    String first = postpone(alice, room, 1).ok().path("delay_id").asText();
    time.advance(Duration.ofMillis(1));
    String second = postpone(alice, room, 1).ok().path("delay_id").asText();
    time.advance(Duration.ofMillis(1));
    for (int i = 2; i < 1_000; i++) {
      postpone(alice, room, 1).ok();
      time.advance(Duration.ofMillis(1));
    }
    alice.get(STABLE + "/" + first).ok();
    postpone(alice, room, 1).ok();
    time.advance(Duration.ofMillis(1));
    alice.get(STABLE + "/" + first).fails(404, "M_NOT_FOUND");
    alice.get(STABLE + "/" + second).ok();
  }
}
