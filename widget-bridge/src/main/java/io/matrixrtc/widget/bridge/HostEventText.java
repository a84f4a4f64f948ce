package io.matrixrtc.widget.bridge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.host.HostEvent;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What the page tells the user of a session's events: a sentence each, and no secret. */
final class HostEventText {
  private HostEventText() {}

  /**
   * A frame for the page; nothing for what the page sees by itself.
   *
   * @param names what rooms are called, as in the questions to the user (CONSENT-ROOM)
   */
  static Optional<ObjectNode> of(HostEvent event, Function<String, Optional<String>> names) {
    if (event instanceof HostEvent.Negotiated negotiated) {
      return Optional.of(negotiated(negotiated, names));
    } else if (event instanceof HostEvent.Dropped dropped) {
      return told("warning", "A message of the widget was dropped: " + words(dropped.reason()));
    } else if (event instanceof HostEvent.Refused refused) {
      return told("warning", "Refused " + refused.action() + ": " + refused.message());
    } else if (event instanceof HostEvent.PushFailed failed) {
      return told(
          "note", "The widget refused " + failed.action() + ": " + failed.error().message());
    } else if (event instanceof HostEvent.PushTimedOut late) {
      return told("warning", "The widget did not answer " + late.action() + " in time");
    } else if (event instanceof HostEvent.PushDropped given) {
      return told("warning", "The widget is too slow; it was not told of " + given.action());
    } else if (event instanceof HostEvent.ToDeviceFailures failures) {
      return told("warning", failures.type() + " did not reach " + failures.failures());
    } else if (event instanceof HostEvent.ToDeviceWithheld withheld) {
      return told(
          "warning",
          "Kept "
              + withheld.type()
              + " of "
              + withheld.sender()
              + " from the widget: "
              + words(withheld.reason()));
    } else if (event instanceof HostEvent.CallJoined) {
      return call("joined", "You joined the call");
    } else if (event instanceof HostEvent.CallHungUp) {
      return call("left", "You left the call");
    } else if (event instanceof HostEvent.CallClosed) {
      return call("closed", "The widget is done");
    } else if (event instanceof HostEvent.DeviceMute mute) {
      return told(
          "note",
          "Microphone " + onOff(mute.audioEnabled()) + ", camera " + onOff(mute.videoEnabled()));
    } else if (event instanceof HostEvent.Reloaded) {
      return call("reloaded", "The widget was loaded again; nothing is granted to it yet");
    } else if (event instanceof HostEvent.Ended) {
      return Optional.empty(); // the relay tells it
    }
    throw new IllegalStateException("unknown event");
  }

  private static ObjectNode negotiated(
      HostEvent.Negotiated event, Function<String, Optional<String>> names) {
    ObjectNode frame = Json.newObject().put("t", "granted");
    ArrayNode items = frame.putArray("items");
    for (String text : event.requested()) {
      items
          .addObject()
          .put("id", text)
          .put("text", CapabilityText.of(Capability.parse(text), names))
          .put("granted", event.approved().contains(text));
    }
    return frame;
  }

  private static Optional<ObjectNode> told(String level, String text) {
    return Optional.of(Json.newObject().put("t", "event").put("level", level).put("text", text));
  }

  private static Optional<ObjectNode> call(String state, String text) {
    return Optional.of(
        Json.newObject()
            .put("t", "event")
            .put("level", "note")
            .put("text", text)
            .put("call", state));
  }

  private static String words(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String onOff(boolean on) {
    return on ? "on" : "off";
  }
}
