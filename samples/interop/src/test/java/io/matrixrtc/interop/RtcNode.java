package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.peers.PeerProcess;
import java.io.IOException;
import java.util.List;

/** A participant of LiveKit's Node SDK, whose encryption is native code. */
final class RtcNode implements MediaPeer, AutoCloseable {
  private static final List<String> COMMAND = List.of("node", "target/rtc-node/peer.mjs");

  private final PeerProcess process;
  private final String identity;

  private RtcNode(PeerProcess process, String identity) {
    this.process = process;
    this.identity = identity;
  }

  /**
   * Joins.
   *
   * @param log for the name of its log file
   */
  static RtcNode join(String log, ObjectNode login) throws IOException, InterruptedException {
    PeerProcess process = new PeerProcess(COMMAND, Sfu.log(log, "rtc-node"));
    return new RtcNode(process, process.call("join", login).path("identity").asText());
  }

  void publish() throws InterruptedException {
    process.call("publish", Json.newObject());
  }

  private JsonNode of(String from) throws InterruptedException {
    return process.call("state", Json.newObject()).path("others").path(from);
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public void key(String owner, int index, String base64) throws InterruptedException {
    ObjectNode key = Json.newObject().put("identity", owner).put("index", index);
    process.call("key", key.put("key", base64));
  }

  @Override
  public int framesSeen(String from) throws InterruptedException {
    return of(from).path("frames").intValue();
  }

  @Override
  public double energyHeard(String from) throws InterruptedException {
    return of(from).path("energy").doubleValue();
  }

  @Override
  public void close() throws InterruptedException {
    process.close();
  }
}
