package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A device of matrix-js-sdk in Node, in a script of the test kit. */
final class JsSdkSession implements ForeignDevice {
  /**
   * Its leave is sent by the homeserver after so long without it: what a crashed one is waited for.
   */
  private static final Duration DEAD_MAN = Duration.ofSeconds(5);

  private static final Duration ALIVE = Duration.ofSeconds(1);
  private static final Duration USE_DELAY = Duration.ofMillis(200);

  private final List<String> command;
  private final Path log;
  private final boolean keeps;
  private @Nullable ParticipantSpec spec;
  private volatile @Nullable PeerProcess process;
  private volatile @Nullable Peer peer;
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

  private Peer peer() {
    Peer in = peer;
    if (in == null) {
      throw new IllegalStateException("is not signed in");
    }
    return in;
  }

  private ParticipantSpec spec() {
    return Objects.requireNonNull(spec, "is not signed in");
  }

  @Override
  public void signIn(ParticipantSpec wanted) throws InterruptedException {
    spec = wanted;
    start(login());
  }

  private ObjectNode login() {
    Peer.Account account = new Peer.Account(spec().userId(), spec().password());
    return Peer.login(account, spec().deviceId(), spec().homeserver()).put("keeps", keeps);
  }

  private void start(ObjectNode arguments) throws InterruptedException {
    Path of = log.resolveSibling(log.getFileName() + (loads == 0 ? "" : "." + loads));
    try {
      PeerProcess started = new PeerProcess(command, of);
      process = started;
      started.listen(this::onEvent);
      peer = Peer.start(started, arguments);
    } catch (IOException e) {
      throw new UncheckedIOException("Node does not start: " + e.getMessage(), e);
    }
  }

  private void onEvent(ObjectNode event) {
    Keys told = keys;
    if (told == null || !event.path("event").asText().equals("key")) {
      return;
    }
    DeviceAddress owner =
        new DeviceAddress(event.path("user").asText(), event.path("device").asText());
    int index = event.path("index").intValue();
    byte[] material = Base64.getDecoder().decode(event.path("key").asText());
    if (owner.equals(peer().address())) {
      told.onOwnKey(index, material);
    } else {
      told.onRemoteKey(owner, index, material);
    }
  }

  @Override
  public boolean knows(DeviceAddress other) throws InterruptedException {
    return peer().knows(other);
  }

  @Override
  public void setUpIdentity() throws InterruptedException {
    peer().crossSign();
  }

  @Override
  public String fingerprint() {
    return peer().ed25519();
  }

  @Override
  public void signDevice(String deviceId, String fingerprint) throws InterruptedException {
    peer()
        .call(
            "signDevice", Json.newObject().put("device", deviceId).put("fingerprint", fingerprint));
  }

  @Override
  public String createRoom(String name) throws InterruptedException {
    return peer().call("createRoom", Json.newObject().put("name", name)).path("room").asText();
  }

  @Override
  public void enterRoom(String room) throws InterruptedException {
    roomId = room;
    peer().joinRoom(room);
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
    peer().call("joinCall", arguments);
  }

  @Override
  public void leaveCall() throws InterruptedException {
    peer().leaveCall();
  }

  /** The process dies; another one begins with what a browser would have kept. */
  @Override
  public void reload() throws InterruptedException {
    keys = null;
    Path kept = log.resolveSibling(log.getFileName() + ".store").toAbsolutePath();
    peer().call("save", Json.newObject().put("file", kept.toString()));
    kill();
    loads++;
    start(login().put("from", kept.toString()));
    peer().joinRoom(roomId);
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
