package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.testkit.agent.ForeignSession;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A device of matrix-js-sdk in Node, in a script of the test kit. */
final class JsSdkSession implements ForeignSession {
  private final Path log;
  private volatile @Nullable PeerProcess process;
  private volatile @Nullable Peer peer;
  private volatile @Nullable Keys keys;

  /**
   * @param log a new file for what it writes
   */
  JsSdkSession(Path log) {
    this.log = log;
  }

  private Peer peer() {
    Peer in = peer;
    if (in == null) {
      throw new IllegalStateException("is not signed in");
    }
    return in;
  }

  @Override
  public void signIn(ParticipantSpec spec) throws InterruptedException {
    try {
      PeerProcess started = new PeerProcess(JsSdkTest.COMMAND, log);
      process = started;
      started.listen(this::onEvent);
      Peer.Account account = new Peer.Account(spec.userId(), spec.password());
      peer = Peer.start(started, account, spec.deviceId(), spec.homeserver());
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

  /** Whether it has heard of a device: until then it gives that device no key, and says nothing. */
  boolean knows(DeviceAddress other) throws InterruptedException {
    return peer().knows(other);
  }

  @Override
  public void setUpIdentity() throws InterruptedException {
    peer().crossSign();
  }

  @Override
  public String createRoom(String name) throws InterruptedException {
    return peer().call("createRoom", Json.newObject().put("name", name)).path("room").asText();
  }

  @Override
  public void enterRoom(String roomId) throws InterruptedException {
    peer().joinRoom(roomId);
  }

  /** Every joiner has it make a new key, as the scripts' policy does, also in the first 10 s. */
  @Override
  public void joinCall(String roomId, Keys told) throws InterruptedException {
    keys = told;
    ObjectNode arguments = Json.newObject().put("room", roomId);
    arguments.putObject("options").put("keyRotationGracePeriodMs", 0);
    peer().call("joinCall", arguments);
  }

  @Override
  public void leaveCall() throws InterruptedException {
    peer().leaveCall();
  }

  @Override
  public void close() {
    keys = null;
    PeerProcess running = process;
    if (running != null) {
      try {
        running.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
