package io.matrixrtc.widget.host;

import static io.matrixrtc.widget.host.HostRig.ORIGIN;
import static io.matrixrtc.widget.host.HostRig.ROOM;
import static io.matrixrtc.widget.host.HostRig.WIDGET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The shell around the machine. */
class WidgetHostTest {

  /** Runs tasks at once and timers when told. */
  private static final class HandScheduler implements SerialScheduler {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final List<Map.Entry<Instant, Runnable>> timers = new ArrayList<>();

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public void execute(Runnable task) {
      task.run();
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
          timer.getValue().run();
        }
      }
    }
  }

  private final HandScheduler scheduler = new HandScheduler();
  private final FakeDriver driver = new FakeDriver();
  private final List<ObjectNode> posted = new ArrayList<>();
  private final List<HostEvent> events = new ArrayList<>();

  private WidgetHost host(WidgetDriver with) {
    FakeRooms rooms = new FakeRooms();
    rooms.join(ROOM, HostRig.ALICE, HostRig.BOB);
    return new WidgetHost(
        WIDGET,
        HostLimits.DEFAULT,
        rooms,
        with,
        text -> posted.add(HostRig.json(text)),
        events::add,
        scheduler,
        new SplittableRandom(7));
  }

  private static FrameMessage frame(String text) {
    return new FrameMessage(ORIGIN, true, text);
  }

  private void negotiate(WidgetHost host, String... capabilities) {
    host.onMessage(frame(HostRig.envelope("content_loaded", "{}", "c")));
    ObjectNode asked = posted.get(posted.size() - 1).deepCopy();
    ArrayNode wanted = asked.putObject("response").putArray("capabilities");
    List.of(capabilities).forEach(wanted::add);
    host.onMessage(frame(asked.toString()));
  }

  @Test
  void wt1ARequestIsCarriedOutAndAnswered() {
    WidgetHost host = host(driver);
    negotiate(host, "org.matrix.msc2762.send.event:a");
    host.onMessage(frame(HostRig.envelope("send_event", "{'type':'a','content':{}}", "r")));
    ObjectNode reply = posted.get(posted.size() - 1);
    assertThat(reply.path("response").path("event_id").asText()).isEqualTo("$event1");
    assertThat(events).hasAtLeastOneElementOfType(HostEvent.Negotiated.class);
  }

  @Test
  void idRandomRequestIdsAre128BitsAndDiffer_ours() {
    WidgetHost host = host(driver);
    negotiate(host, "org.matrix.msc2762.receive.event:a");
    for (int i = 0; i < 50; i++) {
      host.onRoomEvent(ROOM, HostRig.event("a", "{}"));
    }
    Set<String> ids = new HashSet<>();
    posted.stream()
        .filter(post -> post.path("api").asText().equals("toWidget"))
        .forEach(
            post -> {
              assertThat(post.path("requestId").asText()).matches("[0-9a-f]{32}");
              assertThat(ids.add(post.path("requestId").asText())).isTrue();
            });
    assertThat(ids).hasSize(52);
  }

  @Test
  void timeIsKept() {
    WidgetHost host = host(driver);
    negotiate(host, "m.sticker");
    CompletionStage<Optional<ObjectNode>> theme =
        host.request(WidgetAction.THEME_CHANGE, HostRig.json("{'name':'dark'}"));
    assertThat(theme.toCompletableFuture()).isNotDone();
    assertThat(scheduler.timers).as("one timer at a time").hasSize(1);
    scheduler.passes(Duration.ofSeconds(10));
    assertThat(theme.toCompletableFuture().join()).isEmpty();
    assertThat(scheduler.timers).isEmpty();
    assertThat(host.request(WidgetAction.UPDATE_STATE, HostRig.json("{}")).toCompletableFuture())
        .as("not the app's to ask")
        .isCompletedExceptionally();
  }

  @Test
  void aDriverThatFailsTakesOneRequestWithItAndNotTheSession() {
    WidgetHost host =
        host(
            (WidgetDriver)
                java.lang.reflect.Proxy.newProxyInstance(
                    WidgetDriver.class.getClassLoader(),
                    new Class<?>[] {WidgetDriver.class},
                    (proxy, method, args) -> {
                      if (method.getName().equals("events")) {
                        throw new IllegalStateException("bug");
                      }
                      return method.invoke(driver, args);
                    }));
    negotiate(host, "org.matrix.msc2762.send.event:a");
    host.onMessage(frame(HostRig.envelope("send_event", "{'type':'a','content':{}}", "r")));
    assertThat(
            posted.get(posted.size() - 1).path("response").path("error").path("message").asText())
        .isEqualTo("Error sending event");
    host.onMessage(frame(HostRig.envelope("get_openid", "{}", "o")));
    assertThat(posted.get(posted.size() - 1).path("response").path("state").asText())
        .isEqualTo("allowed");
    host.close();
    assertThat(events).contains(new HostEvent.Ended(HostEvent.EndReason.CLOSED_BY_HOST));
  }

  @Test
  void delayEndAHostHasEndedWhenTheHomeserverHasAnsweredForItsDelayedEvents_ours() {
    List<CompletableFuture<DriverResult<DriverCall.Ack>>> updates = new ArrayList<>();
    DelayedEventDriver slow =
        new DelayedEventDriver() {
          @Override
          public CompletionStage<DriverResult<String>> send(SendDelayed event) {
            return driver.send(event);
          }

          @Override
          public CompletionStage<DriverResult<DriverCall.Ack>> update(UpdateDelayed update) {
            updates.add(new CompletableFuture<>());
            return updates.get(updates.size() - 1);
          }
        };
    WidgetHost host =
        host(
            (WidgetDriver)
                java.lang.reflect.Proxy.newProxyInstance(
                    WidgetDriver.class.getClassLoader(),
                    new Class<?>[] {WidgetDriver.class},
                    (proxy, method, args) ->
                        method.getName().equals("delayedEvents")
                            ? slow
                            : method.invoke(driver, args)));
    negotiate(host, "org.matrix.msc2762.send.event:a", "org.matrix.msc4157.send.delayed_event");
    host.onMessage(
        frame(HostRig.envelope("send_event", "{'type':'a','content':{},'delay':9000}", "d")));
    host.close();
    assertThat(updates).hasSize(1);
    assertThat(host.ended().toCompletableFuture()).isNotDone();
    updates.get(0).complete(DriverResult.failed("HTTP status 500"));
    assertThat(host.ended().toCompletableFuture()).as("an answer is an answer").isDone();
    WidgetHost idle = host(driver);
    assertThat(idle.ended().toCompletableFuture()).isNotDone();
    idle.close();
    assertThat(idle.ended().toCompletableFuture()).as("control: it left nothing").isDone();
  }

  @Test
  void todevOlmTheAccountsChannelSendsEqualContentsTogetherAndNeverCleartext() {
    Map<ObjectNode, Set<DeviceAddress>> sent = new HashMap<>();
    ToDeviceChannel channel =
        new ToDeviceChannel() {
          @Override
          public CompletionStage<Map<DeviceAddress, Outcome>> send(
              String eventType, ObjectNode content, Set<DeviceAddress> to) {
            sent.put(content, to);
            Map<DeviceAddress, Outcome> outcomes = new HashMap<>();
            to.forEach(device -> outcomes.put(device, new Outcome.Sent()));
            return CompletableFuture.completedFuture(outcomes);
          }

          @Override
          public Subscription subscribe(String eventType, Listener listener) {
            return () -> {};
          }
        };
    ToDeviceDriver over =
        new ChannelToDeviceDriver(
            channel,
            users ->
                CompletableFuture.completedFuture(DriverResult.done(Map.of("@b:e", Set.of("B")))));
    DeviceAddress a = new DeviceAddress("@a:e", "A");
    DeviceAddress b = new DeviceAddress("@b:e", "B");
    DeviceAddress c = new DeviceAddress("@c:e", "C");
    Map<DeviceAddress, ObjectNode> contents =
        Map.of(a, HostRig.json("{'n':1}"), b, HostRig.json("{'n':1}"), c, HostRig.json("{'n':2}"));
    assertThat(over.send(new ToDeviceDriver.Send("t", contents, true)).toCompletableFuture().join())
        .isEqualTo(
            DriverResult.done(
                Map.of(a, new Outcome.Sent(), b, new Outcome.Sent(), c, new Outcome.Sent())));
    assertThat(sent).hasSize(2).containsValue(Set.of(a, b));
    sent.clear();
    DriverResult<Map<DeviceAddress, Outcome>> clear =
        over.send(new ToDeviceDriver.Send("t", contents, false)).toCompletableFuture().join();
    assertThat(((DriverResult.Done<Map<DeviceAddress, Outcome>>) clear).answer().values())
        .allMatch(Outcome.Refused.class::isInstance);
    assertThat(sent).isEmpty();
    assertThat(
            over.devices(new ToDeviceDriver.ListDevices(Set.of("@b:e")))
                .toCompletableFuture()
                .join())
        .isEqualTo(DriverResult.done(Map.of("@b:e", Set.of("B"))));
  }
}
