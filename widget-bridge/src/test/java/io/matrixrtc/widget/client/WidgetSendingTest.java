package io.matrixrtc.widget.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.OutgoingEvent;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.ScheduleOutcome;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a widget sends, and what it hears of its own events. */
class WidgetSendingTest {
  private static final OutgoingEvent.Message PLAIN =
      new OutgoingEvent.Message("t", "x", Json.newObject(), Duration.ZERO);
  private static final OutgoingEvent.Message STICKY =
      new OutgoingEvent.Message("t", "y", Json.newObject(), Duration.ofMillis(5));

  private final VirtualTime time = new VirtualTime();
  private final List<ObjectNode> posted = new ArrayList<>();
  private final List<ObjectNode> heard = new ArrayList<>();
  private int ids;

  private static ObjectNode json(String text) {
    try {
      return Json.parseObject(text.replace('\'', '"'));
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** A widget that has negotiated with a host of every version. */
  private WidgetClient client(Feature... wanted) {
    WidgetListener listener =
        new WidgetListener() {
          @Override
          public void onRoomEvent(ObjectNode event) {
            heard.add(event);
          }
        };
    WidgetClient client =
        new WidgetClient(
            WidgetSettings.of("w", List.<Capability>of(wanted)),
            listener,
            text -> posted.add(json(text)),
            time,
            () -> "w-" + ++ids);
    client.start();
    ObjectNode versions = Json.newObject();
    ApiVersion.wireNames(Set.of(ApiVersion.values()))
        .forEach(versions.putArray("supported_versions")::add);
    answer(client, posted.get(0), versions);
    push(client, "capabilities", "{}");
    return client;
  }

  private static void answer(WidgetClient client, ObjectNode request, ObjectNode response) {
    ObjectNode reply = request.deepCopy();
    reply.set("response", response);
    client.onMessage(reply.toString());
  }

  private void push(WidgetClient client, String action, String data) {
    ObjectNode request = Json.newObject();
    request.put("api", "toWidget").put("widgetId", "w").put("requestId", "h-" + ++ids);
    request.put("action", action).set("data", json(data));
    client.onMessage(request.toString());
  }

  private ObjectNode last() {
    return posted.get(posted.size() - 1);
  }

  private static <T> T now(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }

  @Test
  void clientWantedWc7DelayedAndStickyEventsNeedTheirCapabilityOrFailHere() {
    WidgetClient without = client();
    assertThat(last().path("response").path("capabilities")).as("asked for").isEmpty();
    RoomStatePublisher room = without.statePublisher("!r:e");
    int before = posted.size();
    assertThat(now(room.schedule(PLAIN, Duration.ofSeconds(1))))
        .isInstanceOf(ScheduleOutcome.Unsupported.class);
    assertThat(now(room.updateDelayed(new DelayId("d"), DelayedAction.RESTART)))
        .isInstanceOf(DelayedUpdateOutcome.Unsupported.class);
    assertThat(now(room.sendMessage(STICKY))).isInstanceOf(PublishOutcome.Unsupported.class);
    assertThat(posted).as("the host hears nothing of it").hasSize(before);
    CompletionStage<PublishOutcome> plain = room.sendMessage(PLAIN);
    answer(without, last(), json("{'event_id':'$e'}"));
    assertThat(now(plain)).as("control").isEqualTo(new PublishOutcome.Published("$e"));

    posted.clear();
    WidgetClient delayed = client(Feature.SEND_DELAYED_EVENT);
    assertThat(last().path("response").path("capabilities"))
        .extracting(node -> node.asText())
        .containsExactly(Feature.SEND_DELAYED_EVENT.text());
    CompletionStage<ScheduleOutcome> leave =
        delayed.statePublisher("!r:e").schedule(PLAIN, Duration.ofSeconds(1));
    answer(delayed, last(), json("{'delay_id':'d'}"));
    assertThat(now(leave)).isInstanceOf(ScheduleOutcome.Scheduled.class);
    assertThat(now(delayed.statePublisher("!r:e").schedule(STICKY, Duration.ofSeconds(1))))
        .as("a delayed one that is sticky needs both")
        .isInstanceOf(ScheduleOutcome.Unsupported.class);
  }

  @Test
  void wt10AParentAloneAndWithADelayGoesOutAsItIs() {
    WidgetClient client = client();
    for (String data :
        List.of(
            "{'type':'t','content':{},'parent_delay_id':'d'}",
            "{'type':'t','content':{},'parent_delay_id':'d','delay':5}")) {
      CompletionStage<WidgetResult> sent = client.request(WidgetAction.SEND_EVENT, json(data));
      assertThat(last().path("data")).isEqualTo(json(data));
      answer(client, last(), json("{'delay_id':'e'}"));
      assertThat(now(sent)).isEqualTo(new WidgetResult.Answered(json("{'delay_id':'e'}")));
    }
  }

  @Test
  void wc6AnOwnEventIsHandedOnOnceAsItIsBeforeAfterAndWithoutItsReply_ours() {
    WidgetClient client = client();
    RoomStatePublisher room = client.statePublisher("!r:e");
    String own = "{'type':'t','event_id':'$e','sender':'@me:e','room_id':'!r:e','content':{}}";
    CompletionStage<PublishOutcome> first = room.sendMessage(PLAIN);
    ObjectNode request = last();
    push(client, "send_event", own);
    assertThat(first.toCompletableFuture()).as("the reply is still to come").isNotDone();
    answer(client, request, json("{'event_id':'$e'}"));
    assertThat(now(first)).isEqualTo(new PublishOutcome.Published("$e"));

    CompletionStage<PublishOutcome> second = room.sendMessage(PLAIN);
    answer(client, last(), json("{'event_id':'$e'}"));
    assertThat(now(second)).isEqualTo(new PublishOutcome.Published("$e"));
    push(client, "send_event", own);

    CompletionStage<PublishOutcome> third = room.sendMessage(PLAIN);
    push(client, "send_event", own);
    time.advance(Duration.ofSeconds(10));
    assertThat(now(third)).as("no reply").isInstanceOf(PublishOutcome.Unreachable.class);
    assertThat(heard).containsExactly(json(own), json(own), json(own));
  }
}
