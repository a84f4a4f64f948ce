package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.json.Json;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.ScheduleOutcome;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Delayed and sticky events on the wire, and what answers mean for a session. */
class DelayedEventsApiTest {
  private static final String UNSTABLE =
      "{\"versions\":[\"v1.12\"],\"unstable_features\":{\"org.matrix.msc4140\":true,"
          + "\"org.matrix.msc4354\":true}}";
  private static final String STABLE = UNSTABLE.replace("msc4140\"", "msc4140.stable\"");
  private static final String NEITHER = "{\"versions\":[\"v1.12\"]}";
  private static final String UNRECOGNIZED = "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"?\"}";
  private static final Duration DELAY = Duration.ofSeconds(8);
  private static final OutgoingEvent STATE =
      new OutgoingEvent.State("m.call", "_@a:hs.test_D", Json.newObject());
  private static final OutgoingEvent.Message MESSAGE =
      new OutgoingEvent.Message(
          "m.rtc", "txn7", Json.newObject().put("k", "v"), Duration.ofHours(1));
  private static final DelayId ID = new DelayId("d/1");

  private final VirtualTime time = new VirtualTime();
  private final ScriptedHttp http = new ScriptedHttp();
  private final MatrixClient client =
      new MatrixClient(
          new MatrixSession(URI.create("https://hs.test"), "@a:hs.test", "D", AccessToken.of("t")),
          ClientSettings.of(http, time));
  private final HomeserverStatePublisher publisher =
      new HomeserverStatePublisher(client, "!r:hs.test");

  private static <T> T now(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }

  private ScheduleOutcome schedule(OutgoingEvent event) {
    return now(publisher.schedule(event, DELAY));
  }

  private DelayedUpdateOutcome update(DelayedAction action) {
    return now(publisher.updateDelayed(ID, action));
  }

  private String lastPath() {
    String query = http.last().uri().getRawQuery();
    return http.last().method()
        + " "
        + http.last().uri().getRawPath().substring("/_matrix/client/".length())
        + (query == null ? "" : "?" + query);
  }

  private List<String> paths() {
    return http.calls().stream().map(call -> call.uri().getRawPath()).toList();
  }

  @Test
  void delayShapeUnstableWhereOnlyThatIsAnnounced() {
    http.ok(UNSTABLE).ok("{\"delay_id\":\"d1\"}");
    assertThat(schedule(STATE)).isEqualTo(new ScheduleOutcome.Scheduled(new DelayId("d1")));
    assertThat(lastPath())
        .isEqualTo(
            "PUT v3/rooms/%21r%3Ahs.test/state/m.call/_%40a%3Ahs.test_D"
                + "?org.matrix.msc4140.delay=8000");
    assertThat(http.last().body()).contains("{}");
    http.ok("{\"delay_id\":\"d2\"}");
    assertThat(schedule(MESSAGE)).isEqualTo(new ScheduleOutcome.Scheduled(new DelayId("d2")));
    assertThat(lastPath())
        .isEqualTo(
            "PUT v3/rooms/%21r%3Ahs.test/send/m.rtc/txn7?org.matrix.msc4140.delay=8000"
                + "&org.matrix.msc4354.sticky_duration_ms=3600000");
    assertThat(http.last().body()).contains("{\"k\":\"v\"}");
  }

  @Test
  void delayShapeMergedWhereThatIsAnnounced() {
    http.ok(STABLE).ok("{\"delay_id\":\"d1\"}");
    assertThat(schedule(STATE)).isEqualTo(new ScheduleOutcome.Scheduled(new DelayId("d1")));
    assertThat(lastPath()).startsWith("PUT v1/rooms/%21r%3Ahs.test/delayed_event/m.call/");
    assertThat(http.last().body())
        .contains("{\"delay_ms\":8000,\"state_key\":\"_@a:hs.test_D\",\"content\":{}}");
    String first = lastPath();
    http.ok("{\"delay_id\":\"d2\"}");
    schedule(STATE);
    assertThat(lastPath()).as("another transaction").isNotEqualTo(first);
    http.ok("{\"delay_id\":\"d3\"}");
    schedule(MESSAGE);
    assertThat(lastPath())
        .isEqualTo(
            "PUT v1/rooms/%21r%3Ahs.test/delayed_event/m.rtc/txn7"
                + "?org.matrix.msc4354.sticky_duration_ms=3600000");
    http.ok("{}");
    assertThat(update(DelayedAction.RESTART)).isEqualTo(new DelayedUpdateOutcome.Done());
    assertThat(lastPath()).isEqualTo("POST v1/delayed_events/d%2F1/restart");
  }

  @Test
  void delayShapeNeitherIsNotAsked() {
    http.ok(NEITHER);
    assertThat(schedule(STATE)).isInstanceOf(ScheduleOutcome.Unsupported.class);
    assertThat(update(DelayedAction.RESTART)).isInstanceOf(DelayedUpdateOutcome.Unsupported.class);
    assertThat(http.calls()).hasSize(1);
  }

  @Test
  void featuresOnceAnHourAndAgainAfterAFailure() {
    http.lost().ok(UNSTABLE).ok("{\"delay_id\":\"d\"}");
    assertThat(schedule(STATE)).isInstanceOf(ScheduleOutcome.Unreachable.class);
    schedule(STATE);
    time.advance(ServerFeatures.KEPT_FOR.minusMillis(1));
    http.ok("{\"delay_id\":\"d\"}");
    schedule(STATE);
    assertThat(paths()).filteredOn(path -> path.endsWith("/versions")).hasSize(2);
    time.advanceMillis(1);
    http.ok(NEITHER);
    assertThat(schedule(STATE)).isInstanceOf(ScheduleOutcome.Unsupported.class);
    assertThat(http.calls().get(0).token()).as("public").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RESTART", "SEND", "CANCEL"})
  void delayAuthActionsCarryTheToken(DelayedAction action) {
    http.ok(UNSTABLE).ok("{}");
    assertThat(update(action)).isEqualTo(new DelayedUpdateOutcome.Done());
    assertThat(lastPath())
        .isEqualTo(
            "POST unstable/org.matrix.msc4140/delayed_events/d%2F1/" + action.name().toLowerCase());
    assertThat(http.last().token()).isPresent();
  }

  @Test
  void delayFallbackToTheOlderWayIsRemembered() {
    http.ok(UNSTABLE).status(404, UNRECOGNIZED).ok("{}");
    assertThat(update(DelayedAction.SEND)).isEqualTo(new DelayedUpdateOutcome.Done());
    assertThat(lastPath()).isEqualTo("POST unstable/org.matrix.msc4140/delayed_events/d%2F1");
    assertThat(http.last().body()).contains("{\"action\":\"send\"}");
    http.ok("{}");
    update(DelayedAction.RESTART);
    assertThat(http.calls()).hasSize(4);
    http.status(404, UNRECOGNIZED);
    assertThat(update(DelayedAction.RESTART)).isInstanceOf(DelayedUpdateOutcome.Unsupported.class);
  }

  @Test
  void delayFallbackFromTheMergedShapeToTheUnstableOne() {
    http.ok(STABLE.replace("{\"org", "{\"org.matrix.msc4140\":true,\"org"))
        .status(404, UNRECOGNIZED)
        .ok("{\"delay_id\":\"d\"}");
    assertThat(schedule(STATE)).isInstanceOf(ScheduleOutcome.Scheduled.class);
    assertThat(lastPath()).startsWith("PUT v3/");
    http.status(404, UNRECOGNIZED).status(405, UNRECOGNIZED);
    assertThat(schedule(STATE)).isInstanceOf(ScheduleOutcome.Unsupported.class);
  }

  @Test
  void delayTooLongUnderItsThreeNames() {
    http.ok(UNSTABLE);
    for (String body :
        List.of(
            "{\"errcode\":\"M_UNKNOWN\",\"error\":\"x\",\"org.matrix.msc4140.errcode\":"
                + "\"M_MAX_DELAY_EXCEEDED\",\"org.matrix.msc4140.max_delay\":7500}",
            "{\"errcode\":\"M_MAX_DELAY_EXCEEDED\",\"error\":\"x\",\"max_delay\":7500}",
            "{\"errcode\":\"ORG.MATRIX.MSC4140_MAX_DELAY_EXCEEDED\",\"error\":\"x\","
                + "\"org.matrix.msc4140.max_delay\":7500}")) {
      http.status(400, body);
      assertThat(schedule(STATE))
          .isEqualTo(new ScheduleOutcome.TooLong(Optional.of(Duration.ofMillis(7_500))));
    }
    http.status(400, "{\"errcode\":\"M_UNKNOWN\",\"error\":\"x\"}");
    assertThat(schedule(STATE)).isEqualTo(new ScheduleOutcome.Rejected("M_UNKNOWN", "x"));
  }

  @Test
  void delayTooLongAsA403IsToldByTheCapabilities() {
    http.ok(UNSTABLE);
    String[][] cases = {
      {"{\"max_delay_ms\":5000,\"max_scheduled\":9}", "TooLong[longest=Optional[PT5S]]"},
      {"{\"max_delay_ms\":8000}", "Rejected[errcode=M_FORBIDDEN, message=no]"},
      {"{}", "TooLong[longest=Optional.empty]"},
      {"{\"max_delay_ms\":\"long\"}", "TooLong[longest=Optional.empty]"},
      {
        "{\"max_delay_ms\":0}",
        "Unsupported[message=the homeserver has switched delayed events off]"
      }
    };
    for (String name : List.of("m.delayed_events", "org.matrix.msc4140.delayed_events")) {
      for (String[] one : cases) {
        http.status(403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"no\"}")
            .ok("{\"capabilities\":{\"" + name + "\":" + one[0] + "}}");
        assertThat(schedule(STATE)).as(one[0]).hasToString(one[1]);
        assertThat(lastPath()).isEqualTo("GET v3/capabilities");
      }
    }
    http.status(403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"no\"}").lost();
    assertThat(schedule(STATE)).isInstanceOf(ScheduleOutcome.Unreachable.class);
  }

  @Test
  void delayGoneIsWhatA404AndA409Mean() {
    http.ok(UNSTABLE).status(404, "{\"errcode\":\"M_NOT_FOUND\",\"error\":\"x\"}");
    assertThat(update(DelayedAction.RESTART)).isEqualTo(new DelayedUpdateOutcome.NotFound());
    http.status(409, "{\"errcode\":\"M_UNKNOWN\",\"error\":\"sent\"}");
    assertThat(update(DelayedAction.CANCEL)).isEqualTo(new DelayedUpdateOutcome.NotFound());
    http.status(403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"x\"}");
    assertThat(update(DelayedAction.SEND))
        .isEqualTo(new DelayedUpdateOutcome.Rejected("M_FORBIDDEN", "x"));
    http.limited(Optional.of("2"), "{}");
    assertThat(update(DelayedAction.RESTART))
        .isEqualTo(new DelayedUpdateOutcome.RateLimited(Optional.of(Duration.ofSeconds(2))));
    http.status(502, "<html>");
    assertThat(update(DelayedAction.RESTART)).isInstanceOf(DelayedUpdateOutcome.Unreachable.class);
    http.limited(Optional.empty(), "{\"retry_after_ms\":1500}");
    assertThat(schedule(STATE))
        .isEqualTo(new ScheduleOutcome.RateLimited(Optional.of(Duration.ofMillis(1_500))));
    http.ok("{}");
    assertThat(schedule(STATE)).as("no id").isInstanceOf(ScheduleOutcome.Rejected.class);
  }

  @Test
  void stickySendIsMarkedOrNotSentAtAll() {
    http.ok(UNSTABLE).ok("{\"event_id\":\"$s\"}");
    assertThat(now(publisher.sendMessage(MESSAGE))).isEqualTo(new PublishOutcome.Published("$s"));
    assertThat(lastPath())
        .isEqualTo(
            "PUT v3/rooms/%21r%3Ahs.test/send/m.rtc/txn7"
                + "?org.matrix.msc4354.sticky_duration_ms=3600000");
    time.advance(ServerFeatures.KEPT_FOR);
    http.ok(NEITHER);
    assertThat(now(publisher.sendMessage(MESSAGE))).isInstanceOf(PublishOutcome.Unsupported.class);
    http.ok("{\"event_id\":\"$p\"}");
    OutgoingEvent.Message plain =
        new OutgoingEvent.Message("m.rtc", "txn8", Json.newObject(), Duration.ZERO);
    assertThat(now(publisher.sendMessage(plain))).isEqualTo(new PublishOutcome.Published("$p"));
    assertThat(lastPath()).isEqualTo("PUT v3/rooms/%21r%3Ahs.test/send/m.rtc/txn8");
  }
}
