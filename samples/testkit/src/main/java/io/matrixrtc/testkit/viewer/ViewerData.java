package io.matrixrtc.testkit.viewer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trace in the form that the page's script reads: {@code lanes}, {@code keys} as {@code [lane,
 * index, generation, fingerprint]}, {@code kinds}, and {@code rows} as {@code [ms, kind, lane, bad,
 * text, key, other lane, change, details…]}, details as pairs of a label and a text. Numbers that
 * do not apply are -1.
 */
final class ViewerData {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Trace trace;
  private final Map<String, Integer> lanes = new LinkedHashMap<>();
  private final Map<KeyRef, Integer> keys = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final ArrayNode laneNodes = JSON.arrayNode();
  private final ArrayNode keyNodes = JSON.arrayNode();

  ViewerData(Trace trace) {
    this.trace = trace;
    trace.events(TraceEvent.ParticipantAdded.class).forEach(this::addLane);
  }

  private void addLane(TraceEvent.ParticipantAdded added) {
    if (lanes.putIfAbsent(added.who(), lanes.size()) == null) {
      labels.put(added.who(), added.label());
      laneNodes
          .addObject()
          .put("id", added.who())
          .put("label", added.label())
          .put("attacker", added.attacker());
    }
  }

  String json() {
    ArrayNode rows = JSON.arrayNode();
    EventRows words = new EventRows(this);
    for (TraceEntry entry : trace.entries()) {
      rows.add(words.row(entry));
    }
    ArrayNode kinds = JSON.arrayNode();
    for (RowKind kind : RowKind.values()) {
      kinds.addObject().put("id", kind.id()).put("label", kind.label()).put("on", kind.shown());
    }
    ObjectNode data = JSON.objectNode();
    data.put("length", trace.lengthMs());
    data.set("lanes", laneNodes);
    data.set("keys", keyNodes);
    data.set("kinds", kinds);
    data.set("rows", rows);
    return data.toString();
  }

  /** The lane of a participant; -1 if there is none, as for the server. */
  int lane(String who) {
    return lanes.getOrDefault(who, -1);
  }

  String label(String who) {
    return labels.getOrDefault(who, who);
  }

  /** The number of a key, new or not. */
  int key(KeyRef key) {
    Integer known = keys.get(key);
    if (known != null) {
      return known;
    }
    keys.put(key, keys.size());
    keyNodes
        .addArray()
        .add(lane(key.owner()))
        .add(key.index())
        .add(key.generation())
        .add(key.fingerprint().hex());
    return keys.size() - 1;
  }
}
