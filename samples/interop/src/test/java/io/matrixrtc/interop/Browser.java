package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.peers.PeerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Chromium with pages that take part in a call by livekit-client, as Element Call does. */
final class Browser implements AutoCloseable {
  private static final List<String> COMMAND = List.of("node", "target/livekit-client/peer.mjs");

  private final PeerProcess process;

  private Browser(PeerProcess process) {
    this.process = process;
  }

  static Browser start(String test) throws IOException, InterruptedException {
    Browser browser = new Browser(new PeerProcess(COMMAND, Sfu.log(test, "browser")));
    browser.process.call("start", Json.newObject());
    return browser;
  }

  /** Opens a page of its own for a participant. */
  Page open(String identity) throws InterruptedException {
    process.call("open", Json.newObject().put("as", identity));
    return new Page(identity);
  }

  @Override
  public void close() throws InterruptedException {
    try {
      process.call("stop", Json.newObject());
    } finally {
      process.close();
    }
  }

  /**
   * A track of another participant, as a page gets it.
   *
   * @param packets that arrived
   * @param frames of video that were decoded
   * @param samples of audio that were decoded, rather than made up
   * @param energy of the audio
   */
  record Received(String kind, int packets, int frames, long samples, double energy) {}

  /** What a page could not decrypt; it says so only once in a while. */
  record Failure(String reason, String text) {}

  /** A participant. */
  final class Page implements MediaPeer {
    static final String WRONG_KEY = "InvalidKey";
    static final String MISSING_KEY = "MissingKey";

    private final String identity;

    Page(String identity) {
      this.identity = identity;
    }

    private ObjectNode call(String command, ObjectNode arguments) throws InterruptedException {
      return process.call(command, arguments.put("as", identity));
    }

    @Override
    public String identity() {
      return identity;
    }

    @Override
    public void key(String owner, int index, String base64) throws InterruptedException {
      call("key", Json.newObject().put("identity", owner).put("index", index).put("key", base64));
    }

    /** Joins by one peer connection, as livekit-client does today, or by two as it did before. */
    void join(ObjectNode login, boolean oneConnection) throws InterruptedException {
      call("join", login.put("singlePeerConnection", oneConnection));
    }

    /** Closes the page, without a word to the others. */
    void vanish() throws InterruptedException {
      call("close", Json.newObject());
    }

    void publish(boolean microphone, boolean camera) throws InterruptedException {
      call("publish", Json.newObject().put("microphone", microphone).put("camera", camera));
    }

    private JsonNode state() throws InterruptedException {
      return call("state", Json.newObject());
    }

    boolean isConnected() throws InterruptedException {
      return state().path("connection").asText().equals("connected");
    }

    /** The tracks of another participant; empty if it publishes none. */
    List<Received> received(String from) throws InterruptedException {
      List<Received> tracks = new ArrayList<>();
      for (JsonNode one : state().path("others").path(from)) {
        tracks.add(
            new Received(
                one.path("kind").asText(),
                one.path("packets").intValue(),
                one.path("frames").intValue(),
                one.path("samples").longValue(),
                one.path("energy").doubleValue()));
      }
      return tracks;
    }

    @Override
    public int framesSeen(String from) throws InterruptedException {
      return received(from).stream().mapToInt(Received::frames).sum();
    }

    /** How many packets of a kind came of a participant. */
    int packets(String from, Media media) throws InterruptedException {
      return received(from).stream()
          .filter(one -> one.kind().equals(media.kind()))
          .mapToInt(Received::packets)
          .sum();
    }

    @Override
    public double energyHeard(String from) throws InterruptedException {
      return received(from).stream().mapToDouble(Received::energy).sum();
    }

    /** What its E2EEManager said that it could not decrypt. */
    List<Failure> failures() throws InterruptedException {
      return StreamSupport.stream(state().path("errors").spliterator(), false)
          .map(one -> new Failure(one.path("reason").asText(), one.path("text").asText()))
          .toList();
    }

    /** How many steps it followed by itself. */
    int ratchets() throws InterruptedException {
      return state().path("ratchets").size();
    }
  }
}
