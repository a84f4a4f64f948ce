package io.matrixrtc.widget.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.SenderEvidence.HostAttested;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The widget side, against a scripted host. */
class WidgetClientTest {
  private static final String KEYS = "io.element.call.encryption_keys";

  private final List<ObjectNode> posted = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final HandScheduler scheduler = new HandScheduler();
  private int ids;
  private CapabilitySet approved = CapabilitySet.NONE;

  /** Runs tasks in order, timers when told. */
  private static final class HandScheduler implements SerialScheduler {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Map.Entry<Instant, Runnable>> timers = new ArrayList<>();
    private boolean running;

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
      if (!running) {
        running = true;
        while (!tasks.isEmpty()) {
          tasks.remove().run();
        }
        running = false;
      }
    }

    @Override
    public Timer schedule(Instant at, Runnable task) {
      Map.Entry<Instant, Runnable> timer = Map.entry(at, task);
      timers.add(timer);
      return () -> timers.removeIf(other -> other == timer);
    }

    void passes(Duration time) {
      now = now.plus(time);
      for (Map.Entry<Instant, Runnable> timer : List.copyOf(timers)) {
        if (!timer.getKey().isAfter(now) && timers.remove(timer)) {
          execute(timer.getValue());
        }
      }
    }
  }

  private final WidgetListener listener =
      new WidgetListener() {
        @Override
        public void onCapabilities(CapabilitySet set) {
          approved = set;
        }

        @Override
        public void onReady() {
          heard.add("ready");
        }

        @Override
        public void onRoomEvent(ObjectNode event) {
          heard.add("event " + event.path("type").asText());
        }

        @Override
        public void onState(List<ObjectNode> entries) {
          heard.add("state " + entries.size());
        }

        @Override
        public void onToDevice(String type, String sender, boolean encrypted, ObjectNode content) {
          heard.add("to-device " + type + " " + sender + " " + encrypted);
        }

        @Override
        public Optional<ObjectNode> onRequest(WidgetAction action, ObjectNode data) {
          if (action == WidgetAction.UPDATE_TURN_SERVERS) {
            heard.add("turn " + data);
          }
          return action == WidgetAction.THEME_CHANGE || action == WidgetAction.UPDATE_TURN_SERVERS
              ? Optional.of(Json.newObject())
              : Optional.empty();
        }
      };

  private WidgetClient client(String... wanted) {
    return new WidgetClient(
        WidgetSettings.of("w", List.of(wanted).stream().map(Capability::parse).toList()),
        listener,
        text -> posted.add(json(text)),
        scheduler,
        () -> "w-" + ++ids);
  }

  private static ObjectNode json(String text) {
    try {
      return Json.parseObject(text.replace('\'', '"'));
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private ObjectNode last(String action) {
    List<ObjectNode> all =
        posted.stream().filter(post -> post.path("action").asText().equals(action)).toList();
    assertThat(all).as(action).isNotEmpty();
    return all.get(all.size() - 1);
  }

  private void answer(WidgetClient client, String action, String response) {
    ObjectNode reply = last(action).deepCopy();
    reply.set("response", json(response));
    client.onMessage(reply.toString());
  }

  private ObjectNode ask(WidgetClient client, String action, String data) {
    int before = posted.size();
    ObjectNode request = Json.newObject();
    request.put("api", "toWidget").put("widgetId", "w").put("requestId", "h-" + ++ids);
    request.put("action", action).set("data", json(data));
    client.onMessage(request.toString());
    return posted.size() == before ? request : (ObjectNode) posted.get(before).get("response");
  }

  private WidgetClient ready(Set<ApiVersion> versions, String... wanted) {
    WidgetClient client = client(wanted);
    client.start();
    answer(
        client,
        "supported_api_versions",
        "{'supported_versions':['" + String.join("','", ApiVersion.wireNames(versions)) + "']}");
    answer(client, "content_loaded", "{}");
    ask(client, "capabilities", "{}");
    return client;
  }

  private static <T> T now(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }

  @Test
  void wt5TheWantedCapabilitiesAreInTheReplyWhichWaitsForTheVersions() {
    WidgetClient client = client("m.sticker", "org.matrix.msc2762.send.event:a");
    client.start();
    ask(client, "capabilities", "{}");
    assertThat(posted)
        .extracting(post -> post.path("action").asText())
        .doesNotContain("capabilities");
    answer(client, "supported_api_versions", "{'supported_versions':['org.matrix.msc2871']}");
    assertThat(last("capabilities").path("response").toString())
        .isEqualTo("{\"capabilities\":[\"m.sticker\",\"org.matrix.msc2762.send.event:a\"]}");
  }

  @Test
  void clientOnceASecondQuestionIsAnError() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class), "m.sticker");
    assertThat(ask(client, "capabilities", "{}").path("error").path("message").asText())
        .isEqualTo("Capability negotiation already completed");
  }

  @Test
  void clientReadyWc1AfterTheNoticeAndTheFirstState() {
    WidgetClient client =
        ready(EnumSet.allOf(ApiVersion.class), "org.matrix.msc2762.receive.state_event:a");
    assertThat(
            ask(
                client,
                "notify_capabilities",
                "{'approved':['org.matrix.msc2762.receive.state_event:a']}"))
        .isEmpty();
    assertThat(approved.capabilities()).hasSize(1);
    assertThat(heard).isEmpty();
    assertThat(ask(client, "update_state", "{'state':[{'type':'a'}]}")).isEmpty();
    assertThat(heard).containsExactly("state 1", "ready");
  }

  @Test
  void clientReadyWithoutStateTheNoticeIsEnoughAndWithoutNoticesTheReply() {
    WidgetClient notified = ready(EnumSet.allOf(ApiVersion.class), "m.sticker");
    assertThat(heard).isEmpty();
    ask(notified, "notify_capabilities", "{'approved':[]}");
    assertThat(heard).containsExactly("ready");
    heard.clear();
    ready(Set.of(), "m.sticker");
    assertThat(heard).containsExactly("ready");
  }

  @Test
  void clientReadyWc1WithoutUpdateStateItReads() {
    WidgetClient client =
        ready(
            Set.of(ApiVersion.MSC2871),
            "org.matrix.msc2762.receive.state_event:a",
            "org.matrix.msc2762.receive.state_event:b");
    ask(client, "notify_capabilities", "{'approved':[]}");
    answer(client, "org.matrix.msc2876.read_events", "{'events':[{},{}]}");
    assertThat(heard).containsExactly("state 2");
    answer(client, "org.matrix.msc2876.read_events", "{'error':{'message':'no'}}");
    assertThat(heard).containsExactly("state 2", "ready");
  }

  @Test
  void wc2PushesAreHandedOnAndAcknowledged() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    assertThat(ask(client, "send_event", "{'type':'a'}")).isEmpty();
    assertThat(
            ask(
                client,
                "send_to_device",
                "{'type':'t','sender':'@b:e','encrypted':true,'content':{}}"))
        .isEmpty();
    ask(client, "send_to_device", "{'type':'t','sender':'@b:e','encrypted':'true','content':{}}");
    assertThat(heard).containsExactly("event a", "to-device t @b:e true", "to-device t @b:e false");
    assertThat(ask(client, "theme_change", "{}")).isEmpty();
    for (String action : List.of("language_change", "org.example.x", "open_modal")) {
      assertThat(ask(client, action, "{}").path("error").path("message").asText())
          .isEqualTo("Unknown or unsupported to-widget action: " + action);
    }
    assertThat(ask(client, "supported_api_versions", "{}").path("supported_versions")).hasSize(16);
  }

  @Test
  void wt8ClientTimeoutTheThreeWaysInWhichARequestFails() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    CompletionStage<WidgetResult> plain =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    answer(client, "send_event", "{'error':{'message':'no'}}");
    assertThat(((WidgetResult.Refused) now(plain)).error().matrixApiError()).isEmpty();
    CompletionStage<WidgetResult> matrix =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    answer(
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
    scheduler.passes(Duration.ofMillis(9_999));
    assertThat(late.toCompletableFuture()).isNotDone();
    scheduler.passes(Duration.ofMillis(1));
    assertThat(now(late)).isEqualTo(new WidgetResult.TimedOut());
    answer(client, "send_event", "{'event_id':'$e'}");
    CompletionStage<WidgetResult> fine =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    answer(client, "send_event", "{'event_id':'$e'}");
    assertThat(now(fine)).isEqualTo(new WidgetResult.Answered(json("{'event_id':'$e'}")));
  }

  @Test
  void wt8EveryFormOfSendingIsOneRequest() {
    WidgetClient client =
        ready(
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
      int before = posted.size();
      CompletionStage<?> sent = form.getKey().get();
      assertThat(posted).hasSize(before + 1);
      assertThat(last("send_event").path("data")).isEqualTo(json(base + form.getValue()));
      answer(client, "send_event", "{'event_id':'$e','delay_id':'d'}");
      assertThat(now(sent).toString()).containsAnyOf("Published", "Scheduled");
    }
    for (DelayedAction action : DelayedAction.values()) {
      CompletionStage<?> updated = room.updateDelayed(new DelayId("d"), action);
      assertThat(last("org.matrix.msc4157.update_delayed_event").path("data"))
          .isEqualTo(
              json("{'delay_id':'d','action':'" + action.name().toLowerCase(Locale.ROOT) + "'}"));
      answer(client, "org.matrix.msc4157.update_delayed_event", "{}");
      assertThat(now(updated).toString()).contains("Done");
    }
  }

  @Test
  void wc5AnAnswerOfAnotherShapeIsNoSuccess() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    RoomStatePublisher room = client.statePublisher("!r:e");
    for (String odd : List.of("{}", "{'event_id':7}", "{'delay_id':'d'}")) {
      CompletionStage<PublishOutcome> sent = room.putState("t", "", json("{}"));
      answer(client, "send_event", odd);
      assertThat(now(sent)).as(odd).isInstanceOf(PublishOutcome.Unreachable.class);
    }
    CompletionStage<PublishOutcome> control = room.putState("t", "", json("{}"));
    answer(client, "send_event", "{'event_id':'$e'}");
    assertThat(now(control)).isEqualTo(new PublishOutcome.Published("$e"));
  }

  @Test
  void wc4TurnServersPassThroughAndTheWidgetsWordGoesBack() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    CompletionStage<WidgetResult> watching =
        client.request(WidgetAction.WATCH_TURN_SERVERS, json("{}"));
    answer(client, "watch_turn_servers", "{}");
    assertThat(now(watching)).isEqualTo(new WidgetResult.Answered(json("{}")));
    String servers = "{'uris':['turn:t'],'username':'u','password':'p'}";
    assertThat(ask(client, "update_turn_servers", servers)).isEmpty();
    assertThat(heard).containsExactly("turn " + json(servers));
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
    WidgetClient without = ready(Set.of(ApiVersion.MSC2871));
    int before = posted.size();
    needs.forEach(
        (action, version) ->
            assertThat(now(without.request(action, json("{}"))))
                .isEqualTo(new WidgetResult.Unsupported(version)));
    assertThat(posted).hasSize(before);
    WidgetClient with = ready(EnumSet.allOf(ApiVersion.class));
    needs.forEach(
        (action, version) -> {
          var unused = with.request(action, json("{'a':1}"));
          assertThat(last(action.wireName()).has("response")).isFalse();
          assertThat(last(action.wireName()).path("data")).isEqualTo(json("{'a':1}"));
        });
  }

  @Test
  void wc3OpenIdInThreeStatesInAnyOrder() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    CompletionStage<OpenIdAnswer> blocked = client.requestOpenId();
    answer(client, "get_openid", "{'state':'blocked'}");
    assertThat(now(blocked)).isEqualTo(new OpenIdAnswer.Blocked());
    CompletionStage<OpenIdAnswer> first = client.requestOpenId();
    String firstId = last("get_openid").path("requestId").asText();
    answer(client, "get_openid", "{'state':'request'}");
    CompletionStage<OpenIdAnswer> second = client.requestOpenId();
    String secondId = last("get_openid").path("requestId").asText();
    answer(client, "get_openid", "{'state':'request'}");
    scheduler.passes(Duration.ofHours(1));
    ask(
        client,
        "openid_credentials",
        "{'state':'allowed','original_request_id':'"
            + secondId
            + "','access_token':'t','expires_in':3600,'matrix_server_name':'e'}");
    assertThat(((OpenIdAnswer.Allowed) now(second)).token().accessToken()).isEqualTo("t");
    assertThat(first.toCompletableFuture()).isNotDone();
    ask(client, "openid_credentials", "{'state':'odd','original_request_id':'" + firstId + "'}");
    assertThat(now(first)).isInstanceOf(OpenIdAnswer.Failed.class);
  }

  @Test
  void clientOutcomesFailuresAreOfTheirDevices() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    ToDeviceChannel channel = client.toDeviceChannel();
    DeviceAddress b = new DeviceAddress("@b:e", "B");
    DeviceAddress c = new DeviceAddress("@c:e", "C");
    CompletionStage<Map<DeviceAddress, Outcome>> sent =
        channel.send(KEYS, json("{'k':1}"), Set.of(b, c));
    assertThat(last("send_to_device").path("data").path("encrypted").asBoolean()).isTrue();
    answer(client, "send_to_device", "{'failures':{'@c:e':['C']}}");
    assertThat(now(sent))
        .containsEntry(b, new Outcome.Sent())
        .containsEntry(c, new Outcome.Failed("the host did not reach this device"));
    CompletionStage<Map<DeviceAddress, Outcome>> refused =
        channel.send(KEYS, json("{'k':1}"), Set.of(b));
    answer(client, "send_to_device", "{'error':{'message':'no'}}");
    assertThat(now(refused)).containsEntry(b, new Outcome.Failed("the host refused: no"));
    CompletionStage<Map<DeviceAddress, Outcome>> silent =
        channel.send(KEYS, json("{'k':1}"), Set.of(b));
    scheduler.passes(Duration.ofSeconds(10));
    assertThat(now(silent)).containsEntry(b, new Outcome.Failed("the host did not answer in time"));
    client.close();
    assertThat(now(channel.send(KEYS, json("{'k':1}"), Set.of(b))))
        .containsEntry(b, new Outcome.Failed("the widget was closed"));
  }

  @Test
  void clientAttestKeysAreTheHostsWordAndCleartextIsNotPassedOffAsMore() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    ToDeviceChannel channel = client.toDeviceChannel();
    List<SenderEvidence> encrypted = new ArrayList<>();
    List<String> clear = new ArrayList<>();
    ToDeviceChannel.Subscription subscription =
        channel.subscribe(
            KEYS,
            new ToDeviceChannel.Listener() {
              @Override
              public void onEncrypted(SenderEvidence from, ObjectNode content) {
                encrypted.add(from);
              }

              @Override
              public void onCleartext(String userId, ObjectNode content) {
                clear.add(userId);
              }
            });
    String push = "{'type':'" + KEYS + "','sender':'@b:e','content':{},'encrypted':";
    ask(client, "send_to_device", push + "true}");
    ask(client, "send_to_device", push + "false}");
    ask(client, "send_to_device", push.replace(KEYS, "other") + "true}");
    assertThat(encrypted).containsExactly(new HostAttested("@b:e"));
    assertThat(clear).containsExactly("@b:e");
    subscription.close();
    ask(client, "send_to_device", push + "true}");
    assertThat(encrypted).hasSize(1);
  }

  @Test
  void clientViewTheHostsSignsOfLifeAreSyncsForACall() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    ask(client, "notify_capabilities", "{'approved':[]}");
    AtomicInteger synced = new AtomicInteger();
    CallInput call =
        new CallInput() {
          @Override
          public void onRoomUpdate(RoomUpdate update) {}

          @Override
          public void onSynced() {
            synced.incrementAndGet();
          }

          @Override
          public void onBarredDevices(Map<DeviceAddress, String> devices) {}
        };
    CallSubscription attached = now(client.attach("!r:example.org", call));
    answer(client, "supported_api_versions", "{'supported_versions':[]}");
    assertThat(synced).hasValue(1);
    scheduler.passes(WidgetClient.PULSE);
    assertThat(synced).as("asked, and not answered yet").hasValue(1);
    answer(client, "supported_api_versions", "{'supported_versions':[]}");
    assertThat(synced).hasValue(2);
    scheduler.passes(WidgetClient.PULSE);
    answer(client, "supported_api_versions", "{'error':{'message':'no'}}");
    assertThat(synced).as("no life").hasValue(2);
    attached.close();
    int before = posted.size();
    scheduler.passes(WidgetClient.PULSE);
    assertThat(posted).as("nobody wants to know").hasSize(before);
    client.close();
    assertThat(scheduler.timers).isEmpty();
  }

  @Test
  void messagesOfOthersAndNonsenseAreIgnored() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    int before = posted.size();
    client.onMessage("nonsense");
    client.onMessage(
        "{\"api\":\"toWidget\",\"widgetId\":\"x\",\"requestId\":\"r\",\"action\":\"send_event\",\"data\":{}}");
    client.onMessage(
        "{\"api\":\"fromWidget\",\"widgetId\":\"w\",\"requestId\":\"r\",\"action\":\"send_event\",\"data\":{}}");
    assertThat(posted).hasSize(before);
    assertThat(heard).isEmpty();
    ask(client, "send_event", "{'type':'a'}");
    assertThat(heard).as("control").hasSize(1);
  }

  @Test
  void closingTellsWhoWaits() {
    WidgetClient client = ready(EnumSet.allOf(ApiVersion.class));
    CompletionStage<WidgetResult> open =
        client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"));
    client.close();
    assertThat(now(open)).isEqualTo(new WidgetResult.Closed());
    assertThat(now(client.request(WidgetAction.SEND_EVENT, json("{'type':'a'}"))))
        .isEqualTo(new WidgetResult.Closed());
    assertThat(now(client.requestOpenId())).isEqualTo(new OpenIdAnswer.Failed("closed"));
    assertThat(scheduler.timers).isEmpty();
  }
}
