package io.matrixrtc.widget.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.WidgetMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;

/** A machine in virtual time with a fake account and a scripted widget. */
final class HostRig {
  static final String ROOM = "!room:example.org";
  static final String OTHER_ROOM = "!other:example.org";
  static final String ALICE = "@alice:example.org";
  static final String BOB = "@bob:example.org";
  static final String ORIGIN = "https://widget.example.org";
  static final HostedWidget WIDGET =
      HostedWidget.call("widget-1", ORIGIN, new DeviceAddress(ALICE, "ALICEDEV"), ROOM);

  final FakeDriver driver = new FakeDriver();
  final FakeRooms rooms = new FakeRooms();
  final WidgetHostMachine machine;
  private final String origin;
  final List<ObjectNode> posted = new ArrayList<>();
  final List<HostEvent> events = new ArrayList<>();

  /** Calls whose class is held are made when {@link #release} is called. */
  Predicate<DriverCall<?>> held = call -> false;

  private final Queue<HostEffect.Call> waiting = new ArrayDeque<>();
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int ids;
  private int requests;

  HostRig() {
    this(WIDGET, HostLimits.DEFAULT);
  }

  HostRig(HostedWidget widget, HostLimits limits) {
    origin = widget.origin();
    rooms.join(ROOM, ALICE, BOB);
    rooms.join(OTHER_ROOM, ALICE, BOB);
    machine = new WidgetHostMachine(widget, limits, rooms, () -> "h-" + ++ids);
  }

  /** A rig whose widget has negotiated and been granted these. */
  static HostRig granted(String... capabilities) {
    return granted(WIDGET, capabilities);
  }

  static HostRig granted(HostedWidget widget, String... capabilities) {
    HostRig rig = new HostRig(widget, HostLimits.DEFAULT);
    rig.negotiate(capabilities);
    rig.posted.clear();
    rig.events.clear();
    rig.driver.calls.clear();
    return rig;
  }

  /** Goes through the opening and leaves nothing unanswered. */
  void negotiate(String... capabilities) {
    if (machine.grants().capabilities().isEmpty()) {
      request("content_loaded", "{}");
    }
    answerCapabilities(capabilities);
    answerAll();
  }

  void answerCapabilities(String... capabilities) {
    ObjectNode response = Json.newObject();
    ArrayNode array = response.putArray("capabilities");
    List.of(capabilities).forEach(array::add);
    answer(lastPush("capabilities"), response);
  }

  /** Acknowledges every push that is still open, as a widget that knows every version. */
  void answerAll() {
    answerAll(Set.of(ApiVersion.values()));
  }

  void answerAll(Set<ApiVersion> versions) {
    for (int i = 0; i < posted.size(); i++) {
      ObjectNode message = posted.get(i);
      if (message.path("api").asText().equals("toWidget") && !message.path("done").asBoolean()) {
        ObjectNode response = Json.newObject();
        if (message.path("action").asText().equals("supported_api_versions")) {
          ArrayNode names = response.putArray("supported_versions");
          ApiVersion.wireNames(versions).forEach(names::add);
        }
        answer(message, response);
      }
    }
  }

  /** The widget's reply to a push. */
  void answer(ObjectNode push, ObjectNode response) {
    ObjectNode reply = push.deepCopy();
    push.put("done", true);
    reply.set("response", response);
    frame(reply.toString());
  }

  /** A request of the widget with a new id; returns its reply's response if there is one yet. */
  Optional<ObjectNode> request(String action, String data) {
    return request(action, data, "r-" + ++requests);
  }

  Optional<ObjectNode> request(String action, String data, String id) {
    int before = posted.size();
    frame(envelope(action, data, id));
    return posted.subList(before, posted.size()).stream()
        .filter(message -> message.path("requestId").asText().equals(id))
        .findFirst()
        .map(message -> (ObjectNode) message.get("response"));
  }

  static String envelope(String action, String data, String id) {
    ObjectNode json = Json.newObject();
    json.put("api", "fromWidget");
    json.put("widgetId", "widget-1");
    json.put("requestId", id);
    json.put("action", action);
    json.set("data", json(data));
    return json.toString();
  }

  static ObjectNode json(String text) {
    return parsed(text.replace('\'', '"'));
  }

  private static ObjectNode parsed(String text) {
    try {
      return Json.parseObject(text);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** The response, which must be there. */
  ObjectNode ask(String action, String data) {
    return request(action, data).orElseThrow();
  }

  /** The error text of the response, which must be one. */
  String refused(String action, String data) {
    JsonNode message = ask(action, data).path("error").path("message");
    assertThat(message.isTextual()).as("%s %s is refused", action, data).isTrue();
    return message.textValue();
  }

  void frame(String text) {
    perform(machine.onMessage(new FrameMessage(origin, true, text), now));
  }

  void load() {
    perform(machine.onFrameLoaded(now));
  }

  void pageGoes() {
    perform(machine.onPageGone(now));
  }

  void passes(Duration time) {
    now = now.plus(time);
    perform(machine.onTime(now));
  }

  void perform(List<HostEffect> effects) {
    for (HostEffect effect : effects) {
      if (effect instanceof HostEffect.Post post) {
        posted.add(parsed(post.text()));
      } else if (effect instanceof HostEffect.Report report) {
        events.add(report.event());
      } else if (effect instanceof HostEffect.Call call) {
        if (held.test(call.call())) {
          waiting.add(call);
        } else {
          make(call);
        }
      }
    }
  }

  private void make(HostEffect.Call call) {
    DriverResult<?> result = call.call().on(driver).toCompletableFuture().join();
    perform(machine.onResult(call.id(), result, now));
  }

  int waiting() {
    return waiting.size();
  }

  void release() {
    while (!waiting.isEmpty()) {
      make(waiting.remove());
    }
  }

  void releaseNewest() {
    ArrayDeque<HostEffect.Call> deque = (ArrayDeque<HostEffect.Call>) waiting;
    make(deque.removeLast());
  }

  List<ObjectNode> pushes(String action) {
    return posted.stream()
        .filter(message -> message.path("api").asText().equals("toWidget"))
        .filter(message -> message.path("action").asText().equals(action))
        .toList();
  }

  ObjectNode lastPush(String action) {
    List<ObjectNode> all = pushes(action);
    assertThat(all).as("pushes of %s", action).isNotEmpty();
    return all.get(all.size() - 1);
  }

  <E> List<E> eventsOf(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  static ObjectNode event(String type, String content) {
    ObjectNode event = Json.newObject();
    event.put("type", type);
    event.put("sender", BOB);
    event.put("event_id", "$e:" + type);
    event.put("origin_server_ts", 1_760_000_000_000L);
    event.set("content", json(content));
    return event;
  }

  static ObjectNode state(String type, String key, String content) {
    return event(type, content).put("state_key", key);
  }

  static ObjectNode message(WidgetMessage message) {
    return message.json();
  }
}
