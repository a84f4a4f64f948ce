package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.peers.PeerProcess;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A participant at the SFU that has no codecs: it hands encoded frames over and sends such. */
final class RawParticipant implements AutoCloseable {
  private final PeerProcess process;
  private final String sid;

  private RawParticipant(PeerProcess process, String sid) {
    this.process = process;
    this.sid = sid;
  }

  /** Joins; {@code process} is closed with it. */
  static RawParticipant join(PeerProcess process, ObjectNode login) throws InterruptedException {
    return new RawParticipant(process, process.call("join", login).path("sid").asText());
  }

  /** The id that the SFU has given it, which its streams are named by. */
  String sid() {
    return sid;
  }

  /** Whether packets of a track come in. */
  boolean gets(String from, Media media) throws InterruptedException {
    ObjectNode arguments = Json.newObject().put("from", from).put("kind", media.kind());
    return process.call("packets", arguments).path("packets").intValue() > 0;
  }

  /**
   * The next {@code count} frames of a track as they travel; those of video start with a key frame.
   */
  List<EncodedFrame> record(String from, Media media, int count) throws InterruptedException {
    ObjectNode arguments = Json.newObject().put("from", from).put("kind", media.kind());
    JsonNode recorded = process.call("record", arguments.put("count", count)).path("frames");
    List<EncodedFrame> frames = new ArrayList<>();
    for (JsonNode one : recorded) {
      frames.add(
          new EncodedFrame(
              Base64.getDecoder().decode(one.path("data").asText()),
              one.path("timestamp").longValue(),
              media.codec(),
              media.type(one.path("key").booleanValue())));
    }
    return frames;
  }

  /** Announces a track, encrypted as LiveKit does. */
  void publish(Media media) throws InterruptedException {
    process.call("publish", Json.newObject().put("kind", media.kind()).put("encrypted", true));
  }

  /**
   * Sends frames on a track at their pace, several times over; returns when the last one is sent.
   */
  void play(Media media, List<EncodedFrame> frames, int times) throws InterruptedException {
    ObjectNode arguments = Json.newObject().put("kind", media.kind()).put("times", times);
    ArrayNode data = arguments.putArray("frames");
    for (EncodedFrame frame : frames) {
      data.addObject().put("data", frame.base64()).put("timestamp", frame.timestamp());
    }
    process.call("play", arguments);
  }

  @Override
  public void close() throws InterruptedException {
    process.close();
  }
}
