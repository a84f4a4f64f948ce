package io.matrixrtc.widget.client;

import static io.matrixrtc.widget.client.ScriptedHost.json;
import static io.matrixrtc.widget.client.ScriptedHost.now;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What becomes of the requests of a widget. */
class WidgetRequestsTest {
  private final ScriptedHost host = new ScriptedHost();

  @Test
  void wt8ClientTimeoutTheThreeWaysInWhichARequestFails() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    CompletionStage<WidgetResult> plain =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    host.answer(client, "send_event", "{'error':{'message':'no'}}");
    assertThat(((WidgetResult.Refused) now(plain)).error().matrixApiError()).isEmpty();
    CompletionStage<WidgetResult> matrix =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    host.answer(
        client,
        "send_event",
        "{'error':{'message':'no','matrix_api_error':{'http_status':429,'response':{}}}}");
    assertThat(
            ((WidgetResult.Refused) now(matrix))
                .error()
                .matrixApiError()
                .orElseThrow()
                .httpStatus())
        .isEqualTo(429);
    CompletionStage<WidgetResult> late =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    host.scheduler.passes(Duration.ofMillis(9_999));
    assertThat(late.toCompletableFuture()).isNotDone();
    host.scheduler.passes(Duration.ofMillis(1));
    assertThat(now(late)).isEqualTo(new WidgetResult.TimedOut());
    host.answer(client, "send_event", "{'event_id':'$e'}");
    CompletionStage<WidgetResult> fine =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    host.answer(client, "send_event", "{'event_id':'$e'}");
    assertThat(now(fine)).isEqualTo(new WidgetResult.Answered(json("{'event_id':'$e'}")));
  }

  @Test
  void wt6TheHostsVersionsAreAskedOnceAndRemembered() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    for (int i = 0; i < 3; i++) {
      int before = host.posted.size();
      var unused = client.request(WidgetAction.READ_RELATIONS, json("{}"));
      unused = client.request(WidgetAction.GET_RTC_TRANSPORTS, json("{}"));
      assertThat(host.posted).as("control").hasSize(before + 2);
    }
    assertThat(host.posted)
        .filteredOn(post -> post.path("action").asText().equals("supported_api_versions"))
        .filteredOn(post -> post.path("api").asText().equals("fromWidget"))
        .hasSize(1);
  }

  @Test
  void wt8BothKindsOfErrorsOfEachAction() {
    WidgetClient client =
        host.ready(
            EnumSet.allOf(ApiVersion.class),
            Feature.SEND_DELAYED_EVENT.text(),
            Feature.UPDATE_DELAYED_EVENT.text(),
            Feature.SEND_STICKY_EVENT.text());
    List<Map.Entry<WidgetAction, String>> requests =
        List.of(
            Map.entry(WidgetAction.READ_RELATIONS, "{'event_id':'$e'}"),
            Map.entry(WidgetAction.USER_DIRECTORY_SEARCH, "{'search_term':'b'}"),
            Map.entry(WidgetAction.GET_MEDIA_CONFIG, "{}"),
            Map.entry(WidgetAction.UPLOAD_FILE, "{'file':'x'}"),
            Map.entry(WidgetAction.DOWNLOAD_FILE, "{'content_uri':'mxc://e/x'}"),
            Map.entry(WidgetAction.GET_RTC_TRANSPORTS, "{}"),
            Map.entry(WidgetAction.SEND_EVENT, "{'type':'a','content':{}}"),
            Map.entry(WidgetAction.SEND_EVENT, "{'type':'a','state_key':'','content':{}}"),
            Map.entry(WidgetAction.SEND_EVENT, "{'type':'a','content':{},'delay':1}"),
            Map.entry(WidgetAction.SEND_EVENT, "{'type':'a','content':{},'sticky_duration_ms':1}"),
            Map.entry(WidgetAction.UPDATE_DELAYED_EVENT, "{'delay_id':'d','action':'send'}"));
    for (Map.Entry<WidgetAction, String> request : requests) {
      WidgetAction action = request.getKey();
      CompletionStage<WidgetResult> plain = client.request(action, json(request.getValue()));
      assertThat(host.last(action.wireName()).path("data")).isEqualTo(json(request.getValue()));
      host.answer(client, action.wireName(), "{'error':{'message':'no'}}");
      WidgetResult.Refused refused = (WidgetResult.Refused) now(plain);
      assertThat(refused.error().message()).as("%s", action).isEqualTo("no");
      assertThat(refused.error().matrixApiError()).as("%s", action).isEmpty();
      CompletionStage<WidgetResult> matrix = client.request(action, json(request.getValue()));
      host.answer(
          client,
          action.wireName(),
          "{'error':{'message':'no','matrix_api_error':{'http_status':403,"
              + "'response':{'errcode':'M_FORBIDDEN'}}}}");
      refused = (WidgetResult.Refused) now(matrix);
      assertThat(refused.error().matrixApiError().orElseThrow().httpStatus()).isEqualTo(403);
      CompletionStage<WidgetResult> fine = client.request(action, json(request.getValue()));
      host.answer(client, action.wireName(), "{}");
      assertThat(now(fine)).as("control").isEqualTo(new WidgetResult.Answered(json("{}")));
    }
  }

  @Test
  void wt8EveryFormOfSendingIsOneRequest() {
    WidgetClient client =
        host.ready(
            EnumSet.allOf(ApiVersion.class),
            Feature.SEND_DELAYED_EVENT.text(),
            Feature.UPDATE_DELAYED_EVENT.text(),
            Feature.SEND_STICKY_EVENT.text());
    RoomStatePublisher room = client.statePublisher("!r:e");
    ObjectNode content = json("{'c':1}");
    OutgoingEvent message = new OutgoingEvent.Message("t", "x", content, Duration.ZERO);
    OutgoingEvent sticky = new OutgoingEvent.Message("t", "y", content, Duration.ofMillis(5));
    OutgoingEvent state = new OutgoingEvent.State("t", "", content);
    Duration delay = Duration.ofMillis(7);
    String base = "{'type':'t','room_id':'!r:e','content':{'c':1}";
    List<Map.Entry<Supplier<CompletionStage<?>>, String>> forms =
        List.of(
            Map.entry(() -> room.putState("t", "", content), ",'state_key':''}"),
            Map.entry(() -> room.sendMessage((OutgoingEvent.Message) message), "}"),
            Map.entry(
                () -> room.sendMessage((OutgoingEvent.Message) sticky), ",'sticky_duration_ms':5}"),
            Map.entry(() -> room.schedule(message, delay), ",'delay':7}"),
            Map.entry(() -> room.schedule(sticky, delay), ",'sticky_duration_ms':5,'delay':7}"),
            Map.entry(() -> room.schedule(state, delay), ",'state_key':'','delay':7}"));
    for (Map.Entry<Supplier<CompletionStage<?>>, String> form : forms) {
      int before = host.posted.size();
      CompletionStage<?> sent = form.getKey().get();
      assertThat(host.posted).hasSize(before + 1);
      assertThat(host.last("send_event").path("data")).isEqualTo(json(base + form.getValue()));
      host.answer(client, "send_event", "{'event_id':'$e','delay_id':'d'}");
      assertThat(now(sent).toString()).containsAnyOf("Published", "Scheduled");
    }
    for (DelayedAction action : DelayedAction.values()) {
      CompletionStage<?> updated = room.updateDelayed(new DelayId("d"), action);
      assertThat(host.last("org.matrix.msc4157.update_delayed_event").path("data"))
          .isEqualTo(
              json("{'delay_id':'d','action':'" + action.name().toLowerCase(Locale.ROOT) + "'}"));
      host.answer(client, "org.matrix.msc4157.update_delayed_event", "{}");
      assertThat(now(updated).toString()).contains("Done");
    }
  }

  @Test
  void wc5AnAnswerOfAnotherShapeIsNoSuccess() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    RoomStatePublisher room = client.statePublisher("!r:e");
    for (String odd : List.of("{}", "{'event_id':7}", "{'delay_id':'d'}")) {
      CompletionStage<PublishOutcome> sent = room.putState("t", "", json("{}"));
      host.answer(client, "send_event", odd);
      assertThat(now(sent)).as(odd).isInstanceOf(PublishOutcome.Unreachable.class);
    }
    CompletionStage<PublishOutcome> control = room.putState("t", "", json("{}"));
    host.answer(client, "send_event", "{'event_id':'$e'}");
    assertThat(now(control)).isEqualTo(new PublishOutcome.Published("$e"));
  }

  @Test
  void wc4TurnServersPassThroughAndTheWidgetsWordGoesBack() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    CompletionStage<WidgetResult> watching =
        client.request(WidgetAction.WATCH_TURN_SERVERS, json("{}"));
    host.answer(client, "watch_turn_servers", "{}");
    assertThat(now(watching)).isEqualTo(new WidgetResult.Answered(json("{}")));
    String servers = "{'uris':['turn:t'],'username':'u','password':'p'}";
    assertThat(host.ask(client, "update_turn_servers", servers)).isEmpty();
    assertThat(host.heard).containsExactly("turn " + json(servers));
  }

  @Test
  void wt7ClientVersionWhatTheHostLacksFailsHere() {
    Map<WidgetAction, ApiVersion> needs =
        Map.of(
            WidgetAction.READ_RELATIONS, ApiVersion.MSC3869,
            WidgetAction.USER_DIRECTORY_SEARCH, ApiVersion.MSC3973,
            WidgetAction.GET_MEDIA_CONFIG, ApiVersion.MSC4039,
            WidgetAction.UPLOAD_FILE, ApiVersion.MSC4039,
            WidgetAction.DOWNLOAD_FILE, ApiVersion.MSC4039,
            WidgetAction.GET_RTC_TRANSPORTS, ApiVersion.MSC4515,
            WidgetAction.LIVEKIT_GET_TOKEN, ApiVersion.MSC4533,
            WidgetAction.LIVEKIT_DELEGATE_DELAYED_LEAVE, ApiVersion.MSC4533);
    WidgetClient without = host.ready(Set.of(ApiVersion.MSC2871));
    int before = host.posted.size();
    needs.forEach(
        (action, version) ->
            assertThat(now(without.request(action, json("{}"))))
                .isEqualTo(new WidgetResult.Unsupported(version)));
    assertThat(host.posted).hasSize(before);
    WidgetClient with = host.ready(EnumSet.allOf(ApiVersion.class));
    needs.forEach(
        (action, version) -> {
          var unused = with.request(action, json("{'a':1}"));
          assertThat(host.last(action.wireName()).has("response")).isFalse();
          assertThat(host.last(action.wireName()).path("data")).isEqualTo(json("{'a':1}"));
        });
  }

  @Test
  void wc3OpenIdInThreeStatesInAnyOrder() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    CompletionStage<OpenIdAnswer> blocked = client.requestOpenId();
    host.answer(client, "get_openid", "{'state':'blocked'}");
    assertThat(now(blocked)).isEqualTo(new OpenIdAnswer.Blocked());
    CompletionStage<OpenIdAnswer> first = client.requestOpenId();
    String firstId = host.last("get_openid").path("requestId").asText();
    host.answer(client, "get_openid", "{'state':'request'}");
    CompletionStage<OpenIdAnswer> second = client.requestOpenId();
    String secondId = host.last("get_openid").path("requestId").asText();
    host.answer(client, "get_openid", "{'state':'request'}");
    host.scheduler.passes(Duration.ofHours(1));
    host.ask(
        client,
        "openid_credentials",
        "{'state':'allowed','original_request_id':'"
            + secondId
            + "','access_token':'t','expires_in':3600,'matrix_server_name':'e'}");
    assertThat(((OpenIdAnswer.Allowed) now(second)).token().accessToken()).isEqualTo("t");
    assertThat(first.toCompletableFuture()).isNotDone();
    host.ask(
        client, "openid_credentials", "{'state':'odd','original_request_id':'" + firstId + "'}");
    assertThat(now(first)).isInstanceOf(OpenIdAnswer.Failed.class);
  }

  @Test
  void closingTellsWhoWaits() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    CompletionStage<WidgetResult> open =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    client.close();
    assertThat(now(open)).isEqualTo(new WidgetResult.Closed());
    assertThat(now(client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"))))
        .isEqualTo(new WidgetResult.Closed());
    assertThat(now(client.requestOpenId())).isEqualTo(new OpenIdAnswer.Failed("closed"));
    assertThat(host.scheduler.timers).isEmpty();
  }
}
