package io.matrixrtc.widget.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.WidgetAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A widget in Java before a host that says what the test says: what it posted, and what it heard.
 */
final class ScriptedHost {
  final List<ObjectNode> posted = new ArrayList<>();
  final List<String> heard = new ArrayList<>();
  final HandScheduler scheduler = new HandScheduler();
  private int ids;
  CapabilitySet approved = CapabilitySet.NONE;

  /** Runs tasks in order, timers when told. */
  static final class HandScheduler implements SerialScheduler {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    final List<Map.Entry<Instant, Runnable>> timers = new ArrayList<>();
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

  final WidgetListener listener =
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

  WidgetClient client(String... wanted) {
    return new WidgetClient(
        WidgetSettings.of("w", List.of(wanted).stream().map(Capability::parse).toList()),
        listener,
        text -> posted.add(json(text)),
        scheduler,
        () -> "w-" + ++ids);
  }

  static ObjectNode json(String text) {
    try {
      return Json.parseObject(text.replace('\'', '"'));
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  ObjectNode last(String action) {
    List<ObjectNode> all =
        posted.stream().filter(post -> post.path("action").asText().equals(action)).toList();
    assertThat(all).as(action).isNotEmpty();
    return all.get(all.size() - 1);
  }

  void answer(WidgetClient client, String action, String response) {
    ObjectNode reply = last(action).deepCopy();
    reply.set("response", json(response));
    client.onMessage(reply.toString());
  }

  ObjectNode ask(WidgetClient client, String action, String data) {
    int before = posted.size();
    ObjectNode request = Json.newObject();
    request.put("api", "toWidget").put("widgetId", "w").put("requestId", "h-" + ++ids);
    request.put("action", action).set("data", json(data));
    client.onMessage(request.toString());
    return posted.size() == before ? request : (ObjectNode) posted.get(before).get("response");
  }

  WidgetClient ready(Set<ApiVersion> versions, String... wanted) {
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

  static <T> T now(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }
}
