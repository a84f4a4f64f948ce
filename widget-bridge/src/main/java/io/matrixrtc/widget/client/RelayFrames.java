package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What goes over a bridge's relay on the page's side, without I/O: numbered, kept until it is
 * acknowledged, and what comes in taken once (RELAY-ONCE). Confined to one thread.
 */
final class RelayFrames {
  /** Most frames that wait to be acknowledged. */
  static final int MAX_WAITING = 1_024;

  private final Deque<ObjectNode> waiting = new ArrayDeque<>();
  private String session = "";
  private String widgetOrigin = "";
  private long sent;
  private long seen;

  boolean hasRoom() {
    return waiting.size() < MAX_WAITING;
  }

  /** Numbers and keeps a frame; returns its text. */
  String add(ObjectNode frame) {
    waiting.add(frame.put("n", ++sent));
    return text(frame);
  }

  /** The origin is known with the welcome, which may come after the first messages. */
  private String text(ObjectNode frame) {
    return frame.put("origin", widgetOrigin).toString();
  }

  /** The first words on a connection. */
  String hello(String link) {
    ObjectNode hello = Json.newObject().put("t", "hello");
    return session.isEmpty()
        ? hello.put("link", link).toString()
        : hello.put("resume", session).put("seen", seen).toString();
  }

  /** The bridge's first words; whether they are the first of the session. */
  boolean welcome(ObjectNode frame) {
    boolean first = session.isEmpty();
    session = frame.path("session").asText();
    widgetOrigin = frame.path("origin").asText();
    acknowledged(frame.path("seen").asLong());
    return first;
  }

  /** The bridge has everything up to this number. */
  void acknowledged(long number) {
    while (!waiting.isEmpty() && waiting.element().path("n").asLong() <= number) {
      waiting.remove();
    }
  }

  /** What the bridge may not have, in order. */
  List<String> unacknowledged() {
    return waiting.stream().map(this::text).toList();
  }

  /** A number came in; whether for the first time, with nothing missing before it. */
  boolean receive(long number) {
    if (number != seen + 1) {
      return false;
    }
    seen = number;
    return true;
  }

  String acknowledgement() {
    return Json.newObject().put("t", "ack").put("n", seen).toString();
  }
}
