package io.matrixrtc.widget.api;

import io.matrixrtc.widget.api.Capability.MessageEvent;
import io.matrixrtc.widget.api.Capability.StateEvent;
import io.matrixrtc.widget.api.Capability.Timeline;
import io.matrixrtc.widget.api.Capability.ToDevice;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Element Call needs from a host: its URL, and the capabilities that it asks for. */
public final class ElementCall {
  private static final List<String> SENT_AND_RECEIVED =
      List.of(
          "org.matrix.rageshake_request",
          "io.element.call.encryption_keys",
          "m.reaction",
          "m.room.redaction",
          "io.element.call.reaction",
          "org.matrix.msc4310.rtc.decline",
          "m.rtc.decline",
          "org.matrix.msc4143.rtc.member",
          "m.rtc.member");
  private static final List<String> SENT =
      List.of("org.matrix.msc4075.call.notify", "org.matrix.msc4075.rtc.notification");
  private static final List<String> STATE =
      List.of(
          "m.room.create",
          "m.room.name",
          "m.room.member",
          "m.room.encryption",
          "org.matrix.msc3401.call",
          "org.matrix.msc3401.call.member",
          "org.matrix.msc4143.rtc.slot");
  private static final List<String> TO_DEVICE =
      List.of(
          "m.call.invite",
          "m.call.candidates",
          "m.call.answer",
          "m.call.hangup",
          "m.call.reject",
          "m.call.select_answer",
          "m.call.negotiate",
          "m.call.sdp_stream_metadata_changed",
          "org.matrix.call.sdp_stream_metadata_changed",
          "m.call.replaces",
          "io.element.call.encryption_keys");

  /** What it is opened for: presets of its behaviour. It reads an unknown one as none. */
  public enum Intent {
    START_CALL,
    START_CALL_VOICE,
    JOIN_EXISTING,
    JOIN_EXISTING_VOICE,
    START_CALL_DM,
    START_CALL_DM_VOICE,
    JOIN_EXISTING_DM,
    JOIN_EXISTING_DM_VOICE;

    /** As it is written in the URL. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static boolean isOne(String text) {
      return Stream.of(values()).anyMatch(intent -> intent.wireName().equals(text));
    }
  }

  private ElementCall() {}

  /** The capabilities that a host may grant it without asking (EC-CAPS). */
  public static Set<Capability> capabilities(String userId, String deviceId, String roomId) {
    Set<Capability> all = new LinkedHashSet<>();
    all.addAll(
        Set.of(
            Feature.ALWAYS_ON_SCREEN,
            Feature.REQUIRES_CLIENT,
            Feature.DOWNLOAD_FILE,
            Feature.TURN_SERVERS,
            Feature.SEND_DELAYED_EVENT,
            Feature.UPDATE_DELAYED_EVENT,
            Feature.SEND_STICKY_EVENT,
            Feature.RECEIVE_STICKY_EVENT,
            Feature.RTC_TRANSPORTS,
            Feature.LIVEKIT_GET_TOKEN,
            Feature.LIVEKIT_DELEGATE_DELAYED_LEAVE));
    all.add(new Timeline(Optional.of(roomId)));
    SENT.forEach(type -> all.add(new MessageEvent(Flow.SEND, type, Optional.empty())));
    for (Flow flow : Flow.values()) {
      SENT_AND_RECEIVED.forEach(type -> all.add(new MessageEvent(flow, type, Optional.empty())));
      TO_DEVICE.forEach(type -> all.add(new ToDevice(flow, type)));
    }
    STATE.forEach(type -> all.add(new StateEvent(Flow.RECEIVE, type, Optional.empty())));
    String device = userId + "_" + deviceId;
    for (String key :
        List.of(userId, "_" + device + "_m.call", device + "_m.call", "_" + device, device)) {
      all.add(new StateEvent(Flow.SEND, "org.matrix.msc3401.call.member", Optional.of(key)));
    }
    return all;
  }

  /**
   * What the page is told in its URL. All in the fragment, so that no server sees it (EC-URL).
   *
   * @param page where {@code index.html} of the embedded build is served, without a fragment
   * @param parentUrl the host page; its origin is where the widget posts to
   * @param more parameters of looks and behaviour: {@code intent} ({@link Intent#wireName}), {@code
   *     lang}, {@code theme} ...
   * @throws IllegalArgumentException if a required parameter is missing, or the intent is none
   */
  public static URI url(
      URI page, String widgetId, URI parentUrl, UrlTemplate.Known known, Map<String, String> more) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("widgetId", required("widgetId", widgetId));
    parameters.put("parentUrl", parentUrl.toString());
    parameters.put("userId", required("userId", known.userId()));
    parameters.put("deviceId", required("deviceId", known.deviceId()));
    parameters.put("roomId", required("roomId", known.roomId()));
    parameters.put("baseUrl", required("baseUrl", known.baseUrl()));
    parameters.put("displayName", known.displayName());
    parameters.put("theme", known.theme());
    parameters.put("lang", known.language());
    parameters.putAll(more);
    String intent = more.getOrDefault("intent", "");
    if (!intent.isEmpty() && !Intent.isOne(intent)) {
      throw new IllegalArgumentException("Element Call knows no intent " + intent);
    }
    String fragment =
        parameters.entrySet().stream()
            .filter(parameter -> !parameter.getValue().isEmpty())
            .map(
                parameter ->
                    UrlTemplate.encoded(parameter.getKey())
                        + "="
                        + UrlTemplate.encoded(parameter.getValue()))
            .collect(Collectors.joining("&"));
    return new UrlTemplate(Map.of()).fill(page + "#?" + fragment);
  }

  /** Without one of these it runs as an app of its own and says nothing to the host. */
  private static String required(String name, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("Element Call needs " + name);
    }
    return value;
  }
}
