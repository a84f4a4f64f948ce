package io.matrixrtc.widget.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence.OlmDevice;
import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.widget.api.ApiVersion;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.Direction;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.api.Flow;
import io.matrixrtc.widget.api.MatrixApiError;
import io.matrixrtc.widget.api.WidgetAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What Element Call 0.26.1 really sent, posted to our host in the recorded order, by the clock of
 * the recording. Every request must be decided as the recorded hosts did, or as {@link #better}
 * says.
 */
class ElementCallTraceVectorsTest {
  private static final String TRACE = "element-call-widget-trace.jsonl";

  /** Decisions of ours that differ from the recorded ones on purpose. */
  private static boolean better(ObjectNode recorded) {
    // The hand-written host of some runs knew no call actions; ours does.
    return recorded
        .path("error")
        .path("message")
        .asText()
        .startsWith("Unknown or unsupported from-widget action");
  }

  private static List<JsonNode> lines() throws Exception {
    String folder = System.getProperty("vectors.dir", "");
    Path file = Path.of(folder.isEmpty() ? "src/test/resources/vectors" : folder).resolve(TRACE);
    assumeTrue(Files.exists(file), "no trace in the folder that was asked for");
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(Json.parse(line));
    }
    return lines;
  }

  @TestFactory
  Stream<DynamicTest> traceDecidesAsTheRecordedHostsDidOrBetter() throws Exception {
    Map<String, List<JsonNode>> runs = new LinkedHashMap<>();
    for (JsonNode line : lines()) {
      if (line.path("kind").asText().equals("msg") && line.path("msg").isObject()) {
        runs.computeIfAbsent(line.path("run").asText(), run -> new ArrayList<>()).add(line);
      }
    }
    assertThat(runs).isNotEmpty();
    return runs.entrySet().stream()
        .map(run -> DynamicTest.dynamicTest(run.getKey(), () -> new Replay(run).run()));
  }

  @Test
  void traceIsAllThere() throws Exception {
    List<JsonNode> lines = lines();
    Set<String> announced = new HashSet<>();
    Set<String> recorded = new HashSet<>();
    for (JsonNode line : lines) {
      (line.path("kind").asText().equals("run") ? announced : recorded)
          .add(line.path("run").asText());
    }
    recorded.remove(""); // the line about the whole file
    assertThat(recorded).isNotEmpty().isEqualTo(announced);
  }

  private static final class Replay {
    private final List<JsonNode> lines;
    private final Map<String, ObjectNode> recordedReplies = new HashMap<>();
    private final Map<String, String> ourDelayIds = new HashMap<>();
    private final Map<String, String> ourIds = new HashMap<>();
    private final HostRig rig;
    private final String roomId;
    private final boolean withUpdateState;
    private int replies;
    private int taken;

    Replay(Map.Entry<String, List<JsonNode>> entry) {
      lines = entry.getValue();
      Set<ApiVersion> versions = Set.of(ApiVersion.values());
      for (JsonNode line : lines) {
        ObjectNode msg = (ObjectNode) line.get("msg");
        if (isHost(line) && msg.has("response")) {
          recordedReplies.put(msg.path("requestId").asText(), (ObjectNode) msg.get("response"));
          if (msg.path("action").asText().equals("supported_api_versions")) {
            versions = ApiVersion.known(texts(msg.path("response").path("supported_versions")));
          }
        }
      }
      withUpdateState = versions.contains(ApiVersion.MSC2762_UPDATE_STATE);
      HostedWidget widget = widget();
      roomId = widget.roomId();
      rig = new HostRig(widget.withVersions(versions), HostLimits.DEFAULT);
      rig.driver.granted = Optional.of(granted(widget));
      seedState();
      for (JsonNode line : lines) { // whoever writes or is written to is in the room
        JsonNode data = line.path("msg").path("data");
        rig.rooms.join(roomId, data.path("sender").asText("@nobody:example.org"));
        data.path("messages").fieldNames().forEachRemaining(user -> rig.rooms.join(roomId, user));
      }
    }

    /** Ids as in the recording: of the messages, and of what the widget asks for. */
    private HostedWidget widget() {
      String room = HostRig.ROOM;
      String user = HostRig.ALICE;
      String device = "ALICEDEV";
      String origin = HostRig.ORIGIN;
      String id = "widget-1";
      for (JsonNode line : lines) {
        origin = line.path("origin").asText(origin);
        id = line.path("msg").path("widgetId").asText(id);
        for (String text : texts(line.path("msg").path("response").path("capabilities"))) {
          Capability wanted = Capability.parse(text);
          if (wanted instanceof Capability.Timeline timeline) {
            room = timeline.roomId().orElse(room);
          } else if (wanted instanceof Capability.StateEvent state && state.flow() == Flow.SEND) {
            String key = state.stateKey().orElse("");
            if (key.startsWith("_") && key.endsWith("_m.call")) {
              String both = key.substring(1, key.length() - "_m.call".length());
              user = both.substring(0, both.lastIndexOf('_'));
              device = both.substring(both.lastIndexOf('_') + 1);
            }
          }
        }
      }
      return HostedWidget.call(id, origin, new DeviceAddress(user, device), room);
    }

    /** What our hosts grant Element Call unasked, but for what was denied then on purpose. */
    private Set<Capability> granted(HostedWidget widget) {
      Set<Capability> granted =
          new HashSet<>(
              ElementCall.capabilities(
                  widget.account().userId(), widget.account().deviceId(), widget.roomId()));
      for (JsonNode line : lines) {
        if (line.path("msg").path("action").asText().equals("notify_capabilities")) {
          Set<String> denied = texts(line.path("msg").path("data").path("requested"));
          denied.removeAll(texts(line.path("msg").path("data").path("approved")));
          denied.forEach(text -> granted.remove(Capability.parse(text)));
        }
      }
      return granted;
    }

    /** The room is as the recorded host first told of it, and has state that is not asked for. */
    private void seedState() {
      recordedPushes("update_state").stream()
          .findFirst()
          .ifPresent(
              first ->
                  first
                      .path("data")
                      .path("state")
                      .forEach(event -> rig.driver.state.add(event.deepCopy())));
      rig.driver.state.add(HostRig.state("m.room.topic", "", "{'topic':'not asked for'}"));
    }

    private List<JsonNode> recordedPushes(String action) {
      return lines.stream()
          .filter(Replay::isHost)
          .map(line -> line.get("msg"))
          .filter(msg -> msg.path("action").asText().equals(action) && !msg.has("response"))
          .toList();
    }

    private static boolean isHost(JsonNode line) {
      return line.path("dir").asText().equals("host->widget");
    }

    private static Set<String> texts(JsonNode array) {
      Set<String> texts = new TreeSet<>();
      array.forEach(item -> texts.add(item.asText()));
      return texts;
    }

    void run() {
      long start = lines.get(0).path("ms").asLong();
      var zero = rig.now;
      for (JsonNode line : lines) {
        rig.now = zero.plusMillis(line.path("ms").asLong() - start);
        ObjectNode msg = (ObjectNode) line.get("msg");
        if (line.path("dir").asText().equals("widget->host")) {
          if (msg.has("response")) {
            widgetReplies(msg);
          } else {
            widgetAsks(msg);
          }
        } else if (isHost(line) && !msg.has("response")) {
          hostAsks(msg);
        }
      }
      assertThat(replies).as("requests decided").isGreaterThanOrEqualTo(2);
      assertThat(rig.eventsOf(HostEvent.Dropped.class)).isEmpty();
      int recorded = recordedPushes("update_state").size();
      if (withUpdateState && recorded > 0) { // one run shows a host that forgets it
        assertThat(rig.pushes("update_state")).as("and no more of them").hasSize(recorded);
      }
    }

    /** The account answers what it answered then. */
    private void script(ObjectNode recorded) {
      JsonNode error = recorded.path("error").path("matrix_api_error");
      if (error.isObject()) {
        rig.driver.failures.put(
            RtcDriver.GetTransports.class,
            DriverResult.refused(
                new MatrixApiError(
                    error.path("http_status").asInt(),
                    Map.of(),
                    error.path("url").asText(),
                    (ObjectNode) error.get("response"))));
      }
      rig.driver.standing =
          recorded.path("state").asText().equals("request")
              ? OpenIdDriver.Standing.ASK
              : OpenIdDriver.Standing.ALLOWED;
      for (Map.Entry<String, JsonNode> user : recorded.path("failures").properties()) {
        for (JsonNode device : user.getValue()) {
          rig.driver.outcomes.put(
              new DeviceAddress(user.getKey(), device.asText()), new Outcome.UnknownDevice());
        }
      }
    }

    private void widgetAsks(ObjectNode msg) {
      ObjectNode recorded = recordedReplies.get(msg.path("requestId").asText());
      if (recorded == null) {
        return; // the recording ended before it was answered
      }
      script(recorded);
      ObjectNode request = msg.deepCopy();
      if (msg.path("data").has("delay_id")) {
        ((ObjectNode) request.get("data"))
            .put("delay_id", ourDelayIds.get(msg.path("data").path("delay_id").asText()));
      }
      int before = rig.posted.size();
      rig.frame(request.toString());
      answerVersions();
      ObjectNode reply =
          rig.posted.subList(before, rig.posted.size()).stream()
              .filter(
                  post -> post.path("requestId").asText().equals(msg.path("requestId").asText()))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no reply to " + msg));
      ObjectNode response = (ObjectNode) reply.get("response");
      if (recorded.has("delay_id")) { // ours has another name for it
        ourDelayIds.put(recorded.path("delay_id").asText(), response.path("delay_id").asText());
      }
      reply.remove("response");
      assertThat((JsonNode) reply).as("a reply repeats the request").isEqualTo(request);
      replies++;
      String action = msg.path("action").asText();
      if (recorded.has("failures")) { // TODEV-FAILURES: nobody was reached, so ours is an error
        assertThat(response.path("error").path("message").asText())
            .isEqualTo("Error sending event");
        assertThat((JsonNode) response.path("failures")).isEqualTo(recorded.path("failures"));
      } else if (!better(recorded)) {
        assertThat(shape(response)).as("%s of %s", action, msg).isEqualTo(shape(recorded));
      } else {
        assertThat(response.has("error")).as(action).isFalse();
      }
    }

    /** Member names, and texts that decide something; the rest differs between accounts. */
    private static Map<String, Object> shape(ObjectNode response) {
      Map<String, Object> shape = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> member : response.properties()) {
        if (member.getValue().isNull()) {
          continue; // the hand-written host's "event_id": null says nothing
        }
        switch (member.getKey()) {
          case "state", "success", "error", "supported_versions", "rtc_transports", "room_id" ->
              shape.put(member.getKey(), member.getValue());
          default -> shape.put(member.getKey(), "");
        }
      }
      return shape;
    }

    /** Element Call's words to a question that not every recorded host asked. */
    private void answerVersions() {
      for (ObjectNode push : rig.pushes("supported_api_versions")) {
        if (!push.path("done").asBoolean()) {
          ObjectNode response = Json.newObject();
          ArrayNode names = response.putArray("supported_versions");
          ApiVersion.wireNames(Set.of(ApiVersion.values())).forEach(names::add);
          rig.answer(push, response);
        }
      }
    }

    private void widgetReplies(ObjectNode msg) {
      String ours = ourIds.remove(msg.path("requestId").asText());
      if (ours != null) {
        ObjectNode reply = msg.deepCopy();
        reply.put("requestId", ours);
        rig.frame(reply.toString());
        answerVersions();
      }
    }

    /** Pairs what the recorded host asked with what ours asks for the same reason. */
    private void hostAsks(ObjectNode msg) {
      String action = msg.path("action").asText();
      if (action.equals("supported_api_versions")) {
        return; // ours asks once and remembers: see answerVersions
      }
      JsonNode data = msg.path("data");
      if (action.equals("capabilities")
          && !rig.driver.callsOf(CapabilityPolicy.Decide.class).isEmpty()) {
        return; // the recorded host probed with a second negotiation; ours never does
      }
      switch (action) {
        case "notify_capabilities" -> checkNotice(data);
        case "send_event" -> {
          ObjectNode event = ((ObjectNode) data).deepCopy();
          event.remove("room_id");
          rig.perform(rig.machine.onRoomEvent(roomId, event, rig.now));
        }
        case "update_state" -> {
          if (rig.pushes("update_state").size() > taken || taken > 0) {
            List<ObjectNode> state = new ArrayList<>();
            data.path("state").forEach(event -> state.add((ObjectNode) event));
            if (taken > 0) {
              rig.perform(rig.machine.onStateChanged(roomId, state, rig.now));
            }
            taken++;
          }
        }
        case "send_to_device" ->
            rig.perform(
                rig.machine.onToDevice(
                    IncomingToDevice.encrypted(
                        data.path("type").asText(),
                        new OlmDevice(
                            new DeviceAddress(
                                data.path("sender").asText(),
                                data.path("content")
                                    .path("member")
                                    .path("claimed_device_id")
                                    .asText()),
                            Trust.CROSS_SIGNED),
                        (ObjectNode) data.path("content")),
                    rig.now));
        case "theme_change",
            "language_change",
            "visibility",
            "im.vector.hangup",
            "io.element.join",
            "io.element.device_mute",
            "io.element.tile_layout" ->
            rig.perform(
                rig.machine.request(
                    WidgetAction.of(Direction.TO_WIDGET, action).orElseThrow(),
                    (ObjectNode) data.deepCopy(),
                    answer -> {},
                    rig.now));
        default -> {}
      }
      pair(msg, action, data);
    }

    private void pair(ObjectNode msg, String action, JsonNode data) {
      Set<String> used = new HashSet<>(ourIds.values());
      Optional<ObjectNode> ours =
          rig.pushes(action).stream()
              .filter(push -> !used.contains(push.path("requestId").asText()))
              .filter(push -> !push.path("paired").asBoolean())
              .findFirst();
      boolean mayBeMissing =
          // the recorded host pushes state to a widget that it told it would not
          (!withUpdateState && action.equals("update_state"))
              // not granted to this widget
              || action.equals("screenshot");
      if (ours.isEmpty()) {
        assertThat(mayBeMissing).as("a push like %s", msg).isTrue();
        return;
      }
      ours.get().put("paired", true);
      ourIds.put(msg.path("requestId").asText(), ours.get().path("requestId").asText());
      if (action.equals("send_to_device") || action.equals("send_event")) {
        assertThat(ours.get().path("data")).isEqualTo(data);
      } else if (action.equals("update_state")) {
        assertThat(ours.get().path("data").path("state"))
            .as("the state that the widget is told of, in any order")
            .containsExactlyInAnyOrderElementsOf(data.path("state"));
      }
    }

    private void checkNotice(JsonNode data) {
      JsonNode ours = rig.lastPush("notify_capabilities").path("data");
      assertThat(texts(ours.path("requested"))).isEqualTo(texts(data.path("requested")));
      assertThat(texts(ours.path("approved")))
          .as("what may be granted by our rules")
          .isEqualTo(texts(data.path("approved")));
    }
  }

  @Test
  void controlADecisionThatDiffersIsSeen() {
    HostRig rig = HostRig.granted("m.always_on_screen");
    assertThat(Replay.shape(rig.ask("set_always_on_screen", "{'value':true}")))
        .isNotEqualTo(Replay.shape(HostRig.json("{'success':false}")));
    assertThat(rig.refused("org.matrix.msc4515.get_rtc_transports", "{}"))
        .isEqualTo("Missing capability");
  }
}
