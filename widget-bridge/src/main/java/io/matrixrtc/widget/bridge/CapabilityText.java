package io.matrixrtc.widget.bridge;

import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.Feature;
import io.matrixrtc.widget.api.Flow;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Capabilities in words that people understand (CONSENT-WORDS). What is the widget's own, or a
 * room's, is shown as {@link PlainText}.
 */
final class CapabilityText {
  /** What types are about, after "Send" or "See". */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("m.room.message", "messages"),
          Map.entry("m.reaction", "reactions"),
          Map.entry("io.element.call.reaction", "reactions in calls"),
          Map.entry("m.room.redaction", "removals of messages"),
          Map.entry("m.room.create", "how the room was made"),
          Map.entry("m.room.name", "the room's name"),
          Map.entry("m.room.topic", "the room's topic"),
          Map.entry("m.room.member", "who is in the room"),
          Map.entry("m.room.encryption", "whether the room is encrypted"),
          Map.entry("org.matrix.msc3401.call", "calls of the room (older form)"),
          Map.entry("org.matrix.msc3401.call.member", "who is in a call (older form)"),
          Map.entry("org.matrix.msc4143.rtc.member", "who is in a call"),
          Map.entry("org.matrix.msc4143.rtc.slot", "calls of the room"),
          Map.entry("m.rtc.member", "who is in a call (newest form)"),
          Map.entry("org.matrix.msc4075.rtc.notification", "a call's ringing"),
          Map.entry("org.matrix.msc4075.call.notify", "a call's ringing (older form)"),
          Map.entry("org.matrix.msc4310.rtc.decline", "declined calls"),
          Map.entry("m.rtc.decline", "declined calls (newest form)"),
          Map.entry("org.matrix.rageshake_request", "requests for problem reports"),
          Map.entry("io.element.call.encryption_keys", "keys that encrypt a call"));

  private static final Map<Feature, String> FEATURES =
      Map.ofEntries(
          Map.entry(Feature.ALWAYS_ON_SCREEN, "Stay visible when you look at something else"),
          Map.entry(Feature.SCREENSHOT, "Be asked for a picture of what it shows"),
          Map.entry(Feature.VISIBILITY, "Know whether you can see it"),
          Map.entry(Feature.NAVIGATE, "Suggest people and rooms for you to look at"),
          Map.entry(Feature.VIEW_ROOM, "Show you another room"),
          Map.entry(Feature.STICKER, "Send stickers in your name"),
          Map.entry(Feature.REQUIRES_CLIENT, "Run inside this app only"),
          Map.entry(Feature.DOWNLOAD_FILE, "Load pictures and files from your homeserver"),
          Map.entry(Feature.UPLOAD_FILE, "Store files on your homeserver"),
          Map.entry(Feature.TURN_SERVERS, "Use your homeserver's relays for calls"),
          Map.entry(Feature.USER_DIRECTORY_SEARCH, "Search for people on your homeserver"),
          Map.entry(Feature.SEND_DELAYED_EVENT, "Leave a message to be sent later"),
          Map.entry(Feature.UPDATE_DELAYED_EVENT, "Change messages that it left to be sent later"),
          Map.entry(Feature.SEND_STICKY_EVENT, "Send messages that newcomers see for a while"),
          Map.entry(Feature.RECEIVE_STICKY_EVENT, "See messages that were sent before it opened"),
          Map.entry(Feature.RTC_TRANSPORTS, "Find out which servers carry your calls"),
          Map.entry(Feature.LIVEKIT_GET_TOKEN, "Enter calls in your name"),
          Map.entry(
              Feature.LIVEKIT_DELEGATE_DELAYED_LEAVE, "Have you shown as gone if you drop out"));

  private CapabilityText() {}

  /** A sentence without a full stop, from the widget's point of view; rooms by their ids. */
  static String of(Capability capability) {
    return of(capability, roomId -> Optional.empty());
  }

  /** The same, with the names of rooms beside their ids, as far as {@code names} has them. */
  static String of(Capability capability, Function<String, Optional<String>> names) {
    if (capability instanceof Feature feature) {
      return FEATURES.getOrDefault(feature, "Use " + feature.text());
    } else if (capability instanceof Capability.MessageEvent event) {
      return verb(event.flow())
          + kind(event.type(), "events of type ")
          + event.msgtype().map(type -> " of type " + plain(type)).orElse("");
    } else if (capability instanceof Capability.StateEvent event) {
      return (event.flow() == Flow.SEND ? "Change: " : "See ")
          + kind(event.type(), "the room's ")
          + event.stateKey().map(key -> " (" + plain(key) + ")").orElse("");
    } else if (capability instanceof Capability.ToDevice message) {
      return (message.flow() == Flow.SEND
              ? "Send to people's devices: "
              : "Get from people's devices: ")
          + kind(message.type(), "");
    } else if (capability instanceof Capability.Timeline timeline) {
      return timeline
          .roomId()
          .map(room -> "Use the room " + room(room, names))
          .orElse("Use all your rooms");
    }
    return "Use " + plain(capability.text());
  }

  /**
   * A room in words: its name, if it has one that can be shown, and always its id, which no name
   * can forge (CONSENT-ROOM).
   */
  static String room(String roomId, Function<String, Optional<String>> names) {
    return names
        .apply(roomId)
        .map(name -> PlainText.of(name, PlainText.MAX_NAME))
        .filter(name -> !name.isEmpty())
        .map(name -> "“" + name + "” (" + plain(roomId) + ")")
        .orElseGet(() -> plain(roomId));
  }

  /** Under what heading it is shown. */
  static String groupOf(Capability capability) {
    if (capability instanceof Capability.MessageEvent event) {
      return event.flow() == Flow.SEND ? "Do in your name" : "See";
    } else if (capability instanceof Capability.StateEvent event) {
      return event.flow() == Flow.SEND ? "Do in your name" : "See";
    } else if (capability instanceof Capability.ToDevice) {
      return "Exchange with people's devices";
    }
    return "Use";
  }

  private static String verb(Flow flow) {
    return flow == Flow.SEND ? "Send " : "See ";
  }

  private static String kind(String type, String otherwise) {
    return Optional.ofNullable(TYPES.get(type)).orElseGet(() -> otherwise + plain(type));
  }

  private static String plain(String text) {
    return PlainText.of(text, PlainText.MAX_ID);
  }
}
