package io.matrixrtc.widget.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.util.Optional;

/**
 * One message of the Widget API: a request, or the same request repeated with a {@code response}.
 * Holds the whole object, unknown members too, so that a reply repeats them (WIDGET-REPEAT). Do not
 * change the object after it was handed over.
 */
public final class WidgetMessage {
  private final Direction direction;
  private final ObjectNode json;

  private WidgetMessage(Direction direction, ObjectNode json) {
    this.direction = direction;
    this.json = json;
  }

  /** A new request. */
  public static WidgetMessage request(
      Direction direction,
      String widgetId,
      String requestId,
      WidgetAction action,
      ObjectNode data) {
    ObjectNode json = Json.newObject();
    json.put("api", direction.wireName());
    json.put("widgetId", widgetId);
    json.put("requestId", requestId);
    json.put("action", action.wireName());
    json.set("data", data);
    if (action == WidgetAction.VISIBILITY && data.has("visible")) {
      json.set("visible", data.get("visible")); // what widgets of the Scalar days look at
    }
    return new WidgetMessage(direction, json);
  }

  /** Of an object whose envelope {@link MessageReader} has checked. */
  static WidgetMessage of(Direction direction, ObjectNode json) {
    return new WidgetMessage(direction, json);
  }

  /** The reply to this request. The response must be an object: others do not count as one. */
  public WidgetMessage reply(ObjectNode response) {
    ObjectNode reply = Json.newObject();
    reply.setAll(json); // shared: nobody changes them
    if (!reply.path("data").isObject()) {
      reply.set("data", Json.newObject());
    }
    reply.set("response", response);
    return new WidgetMessage(direction, reply);
  }

  /**
   * As {@link #reply}, as text.
   *
   * @param response the text of an object
   */
  public String replyText(String response) {
    String request = text();
    String data = json.path("data").isObject() ? "" : ",\"data\":{}";
    return request.substring(0, request.length() - 1) + data + ",\"response\":" + response + "}";
  }

  /** Who started the exchange. */
  public Direction direction() {
    return direction;
  }

  public String widgetId() {
    return json.path("widgetId").textValue();
  }

  public String requestId() {
    return json.path("requestId").textValue();
  }

  /** The action's name as it came. */
  public String action() {
    return json.path("action").textValue();
  }

  /** The request's payload; empty if it has none. */
  public ObjectNode data() {
    return json.path("data") instanceof ObjectNode data ? data : Json.newObject();
  }

  /** The reply's payload; empty for a request. */
  public Optional<ObjectNode> response() {
    JsonNode response = json.path("response");
    return response instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
  }

  /** The whole message, as it is posted. */
  public ObjectNode json() {
    return json;
  }

  /** The same as text. */
  public String text() {
    return json.toString();
  }

  /** For people: direction, action and id, never the payload. */
  @Override
  public String toString() {
    return direction.wireName()
        + (response().isPresent() ? " reply " : " request ")
        + action()
        + " "
        + requestId();
  }
}
