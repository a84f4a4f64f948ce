package io.matrixrtc.testkit.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.agent.ForeignSession;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.trace.RedactedJson;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A device of matrix-js-sdk in Node, in a script of the test kit. */
final class JsSdkSession implements ForeignSession {
  /**
   * Its leave is sent by the homeserver after so long without it: what a crashed one is waited for.
   */
  private static final Duration DEAD_MAN = Duration.ofSeconds(5);

  private static final Duration ALIVE = Duration.ofSeconds(1);
  private static final Duration USE_DELAY = Duration.ofMillis(200);

  private final List<String> command;
  private final Path log;
  private final boolean keeps;
  private volatile Consumer<TraceEvent> trace = event -> {};
  private @Nullable ParticipantSpec spec;
  private volatile @Nullable PeerProcess process;
  private String fingerprint = "";
  private volatile @Nullable Keys keys;
  private String roomId = "";
  private int loads;

  /**
   * @param command of matrix-js-sdk in one of its versions
   * @param log a new file for what it writes
   * @param keeps whether it has a store, as in a browser, and so can be loaded again
   */
  JsSdkSession(List<String> command, Path log, boolean keeps) {
    this.command = command;
    this.log = log;
    this.keeps = keeps;
  }

  private ObjectNode call(String command, ObjectNode arguments) throws InterruptedException {
    return Objects.requireNonNull(process, "is not signed in").call(command, arguments);
  }

  private ParticipantSpec spec() {
    return Objects.requireNonNull(spec, "is not signed in");
  }

  /** Its script tells of them. */
  @Override
  public boolean tracesMessages(Consumer<TraceEvent> taker) {
    trace = taker;
    return true;
  }

  @Override
  public void signIn(ParticipantSpec wanted) throws InterruptedException {
    spec = wanted;
    start(login());
  }

  private ObjectNode login() {
    return Json.newObject()
        .put("homeserver", spec().homeserver())
        .put("user", spec().userId())
        .put("password", spec().password())
        .put("device", spec().deviceId())
        .put("keeps", keeps);
  }

  private void start(ObjectNode arguments) throws InterruptedException {
    Path of = log.resolveSibling(log.getFileName() + (loads == 0 ? "" : "." + loads));
    try {
      PeerProcess started = new PeerProcess(command, of);
      process = started;
      started.listen(this::onEvent);
    } catch (IOException e) {
      throw new UncheckedIOException("Node does not start: " + e.getMessage(), e);
    }
    fingerprint = call("start", arguments).path("ed25519").asText();
  }

  private void onEvent(ObjectNode event) {
    String kind = event.path("event").asText();
    Keys told = keys;
    if (kind.equals("sent")) {
      trace.accept(sent(event));
    } else if (kind.equals("key") && told != null) {
      onKey(told, event);
    }
  }

  private TraceEvent sent(ObjectNode message) {
    JsonNode clear = message.path("clear");
    return new TraceEvent.MessageSent(
        spec().identity(),
        message.path("to").asText(),
        message.path("type").asText(),
        clear.isNull() ? "" : RedactedJson.text(clear),
        RedactedJson.text(message.path("content")),
        message.path("outcome").asText());
  }

  private void onKey(Keys told, ObjectNode event) {
    DeviceAddress owner =
        new DeviceAddress(event.path("user").asText(), event.path("device").asText());
    int index = event.path("index").intValue();
    byte[] material = Base64.getDecoder().decode(event.path("key").asText());
    if (owner.equals(new DeviceAddress(spec().userId(), spec().deviceId()))) {
      told.onOwnKey(index, material);
    } else {
      told.onRemoteKey(owner, index, material);
    }
  }

  @Override
  public boolean knows(DeviceAddress other) throws InterruptedException {
    ObjectNode known = call("devices", Json.newObject().put("user", other.userId()));
    for (JsonNode one : known.path("devices")) {
      if (one.path("device").asText().equals(other.deviceId())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void setUpIdentity() throws InterruptedException {
    call("crossSign", Json.newObject());
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public void signDevice(String deviceId, String shown) throws InterruptedException {
    call("signDevice", Json.newObject().put("device", deviceId).put("fingerprint", shown));
  }

  @Override
  public String createRoom(String name) throws InterruptedException {
    return call("createRoom", Json.newObject().put("name", name)).path("room").asText();
  }

  @Override
  public void enterRoom(String room) throws InterruptedException {
    roomId = room;
    call("join", Json.newObject().put("room", room));
  }

  /** Every joiner has it make a new key, as the scripts' policy does, also in the first 10 s. */
  @Override
  public void joinCall(String room, Keys told) throws InterruptedException {
    keys = told;
    ObjectNode arguments = Json.newObject().put("room", room).put("service", spec().sfuService());
    arguments
        .putObject("options")
        .put("keyRotationGracePeriodMs", 0)
        .put("useKeyDelay", USE_DELAY.toMillis())
        .put("makeKeyDelay", USE_DELAY.toMillis()) // up to 39
        .put("delayedLeaveEventDelayMs", DEAD_MAN.toMillis())
        .put("delayedLeaveEventRestartMs", ALIVE.toMillis());
    call("joinCall", arguments);
  }

  @Override
  public void leaveCall() throws InterruptedException {
    call("leaveCall", Json.newObject());
  }

  /** The process dies; another one begins with what a browser would have kept. */
  @Override
  public void reload() throws InterruptedException {
    if (!keeps) {
      throw new ScriptException(
          "matrix-js-sdk 39 runs without a store here, so nothing of it outlives a reload:"
              + " let a device of JsSdk.participant() reload");
    }
    keys = null;
    Path kept = log.resolveSibling(log.getFileName() + ".store").toAbsolutePath();
    call("save", Json.newObject().put("file", kept.toString()));
    kill();
    loads++;
    start(login().put("from", kept.toString()));
    call("join", Json.newObject().put("room", roomId));
  }

  private void kill() throws InterruptedException {
    PeerProcess running = process;
    if (running != null) {
      running.kill();
    }
  }

  /** As a crash: nothing is told to anybody. */
  @Override
  public void close() {
    keys = null;
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
