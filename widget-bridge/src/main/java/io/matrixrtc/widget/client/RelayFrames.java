package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.relay.RelayBuffer;
import io.matrixrtc.widget.relay.RelayBuffer.Incoming;
import io.matrixrtc.widget.relay.RelayBuffer.Numbered;
import java.util.List;

/**
 * What goes over a bridge's relay on the page's side, without I/O: the session, and each frame once
 * (RELAY-ONCE). Confined to one thread.
 */
final class RelayFrames {
  /** Most frames that wait to be acknowledged. */
  static final int MAX_WAITING = 1_024;

  private final RelayBuffer buffer = new RelayBuffer(MAX_WAITING, Long.MAX_VALUE);
  private String session = "";
  private String widgetOrigin = "";

  boolean hasRoom() {
    return buffer.hasRoomFor("");
  }

  /** Numbers and keeps a frame. */
  Numbered add(ObjectNode frame) {
    return buffer.add(frame.toString());
  }

  /** The frame as it is sent now. The origin is known with the welcome, not before. */
  String text(Numbered frame) {
    String origin = TextNode.valueOf(widgetOrigin).toString();
    return "{\"origin\":" + origin + "," + buffer.text(frame).substring(1);
  }

  /** The first words on a connection. */
  String hello(String link) {
    ObjectNode hello = Json.newObject().put("t", "hello");
    return session.isEmpty()
        ? hello.put("link", link).toString()
        : hello.put("resume", session).put("seen", buffer.tellReceived()).toString();
  }

  /** The bridge's first words; whether they are the first of the session. */
  boolean welcome(ObjectNode frame) {
    boolean first = session.isEmpty();
    session = frame.path("session").asText();
    widgetOrigin = frame.path("origin").asText();
    acknowledged(frame.path("seen").asLong());
    return first;
  }

  /** The bridge has everything up to this number. One that cannot be says nothing. */
  void acknowledged(long number) {
    var unused = buffer.acknowledge(number);
  }

  /** What the bridge may not have, in order. */
  List<String> unacknowledged() {
    return buffer.unacknowledged().stream().map(this::text).toList();
  }

  /** A numbered frame came in; whether for the first time, with nothing missing before it. */
  boolean receive(ObjectNode frame, int length) {
    if (frame.path("ack").isIntegralNumber()) {
      acknowledged(frame.get("ack").asLong());
    }
    return buffer.receive(frame.path("n").asLong(), length) == Incoming.NEW;
  }

  /** See {@link RelayBuffer#owesAcknowledgement}. */
  boolean owesAcknowledgement() {
    return buffer.owesAcknowledgement();
  }

  /** See {@link RelayBuffer#owesAcknowledgementNow}. */
  boolean owesAcknowledgementNow() {
    return buffer.owesAcknowledgementNow();
  }

  String acknowledgement() {
    return buffer.acknowledgement();
  }
}
