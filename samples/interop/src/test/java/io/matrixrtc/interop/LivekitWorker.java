package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.testkit.peers.PeerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The end-to-end encryption worker of livekit-client in Node, with Element Call's options. */
final class LivekitWorker implements AutoCloseable {
  private static final List<String> COMMAND = List.of("node", "target/livekit-client/cryptor.mjs");
  private static final int SSRC = 0x1234_5678;

  private final PeerProcess process;

  private LivekitWorker(PeerProcess process) {
    this.process = process;
  }

  static LivekitWorker start(String test) throws IOException, InterruptedException {
    LivekitWorker worker = new LivekitWorker(new PeerProcess(COMMAND, Sfu.log(test, "worker")));
    worker.process.call("start", Json.newObject());
    return worker;
  }

  /** From now on the participant's frames are encrypted. */
  void enable(String identity) throws InterruptedException {
    process.call("enable", Json.newObject().put("identity", identity));
  }

  /** Gives it a key, which is current from then on. */
  void key(String identity, int index, String base64) throws InterruptedException {
    ObjectNode arguments = Json.newObject().put("identity", identity).put("index", index);
    process.call("key", arguments.put("key", base64));
  }

  /** Encrypts the frames of a new track; what it drops is missing in its place. */
  List<Optional<EncodedFrame>> seal(String identity, List<EncodedFrame> frames)
      throws InterruptedException {
    return transform("seal", identity, frames);
  }

  /** Decrypts the frames of a new track; what it drops is missing in its place. */
  List<Optional<EncodedFrame>> open(String identity, List<EncodedFrame> frames)
      throws InterruptedException {
    return transform("open", identity, frames);
  }

  private List<Optional<EncodedFrame>> transform(
      String command, String identity, List<EncodedFrame> frames) throws InterruptedException {
    Codec codec = frames.get(0).codec();
    ObjectNode arguments = Json.newObject().put("identity", identity);
    if (codec != Codec.AUDIO) {
      arguments.put("codec", codec.name().toLowerCase(Locale.ROOT));
    }
    ArrayNode given = arguments.putArray("frames");
    for (EncodedFrame frame : frames) {
      ObjectNode one = given.addObject().put("data", frame.base64());
      one.put("timestamp", frame.timestamp()).put("ssrc", SSRC);
      if (codec != Codec.AUDIO) {
        one.put("type", frame.type() == FrameType.KEY ? "key" : "delta");
      }
    }
    List<Optional<EncodedFrame>> result = new ArrayList<>();
    JsonNode passed = process.call(command, arguments).path("frames");
    for (int i = 0; i < frames.size(); i++) {
      EncodedFrame frame = frames.get(i);
      result.add(
          passed.get(i).isNull()
              ? Optional.empty()
              : Optional.of(frame.with(Base64.getDecoder().decode(passed.get(i).asText()))));
    }
    return result;
  }

  @Override
  public void close() throws InterruptedException {
    process.close();
  }
}
