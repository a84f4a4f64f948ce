package io.matrixrtc.widget.api;

import static io.matrixrtc.widget.api.Direction.FROM_WIDGET;
import static io.matrixrtc.widget.api.Direction.TO_WIDGET;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every action of the Widget API, with its names on the wire. The first name is the one that is
 * sent; the others (what a proposal will be called once stable, mostly) are understood, too
 * (WIDGET-NAMES).
 */
public enum WidgetAction {
  SUPPORTED_API_VERSIONS(both(), "supported_api_versions"),
  CONTENT_LOADED(from(), "content_loaded"),
  CAPABILITIES(to(), "capabilities"),
  NOTIFY_CAPABILITIES(to(), "notify_capabilities"),
  REQUEST_CAPABILITIES(from(), "org.matrix.msc2974.request_capabilities", "request_capabilities"),

  SEND_EVENT(both(), "send_event"),
  UPDATE_STATE(to(), "update_state"),
  UPDATE_DELAYED_EVENT(from(), "org.matrix.msc4157.update_delayed_event", "update_delayed_event"),
  READ_EVENTS(from(), "org.matrix.msc2876.read_events", "read_events"),
  READ_RELATIONS(from(), "org.matrix.msc3869.read_relations", "read_relations"),
  READ_ROOM_ACCOUNT_DATA(from(), "com.beeper.read_room_account_data"),
  SEND_TO_DEVICE(both(), "send_to_device"),

  GET_OPENID(from(), "get_openid"),
  OPENID_CREDENTIALS(to(), "openid_credentials"),
  WATCH_TURN_SERVERS(from(), "watch_turn_servers"),
  UNWATCH_TURN_SERVERS(from(), "unwatch_turn_servers"),
  UPDATE_TURN_SERVERS(to(), "update_turn_servers"),
  USER_DIRECTORY_SEARCH(
      from(), "org.matrix.msc3973.user_directory_search", "user_directory_search"),
  GET_MEDIA_CONFIG(from(), "org.matrix.msc4039.get_media_config", "get_media_config"),
  UPLOAD_FILE(from(), "org.matrix.msc4039.upload_file", "upload_file"),
  DOWNLOAD_FILE(from(), "org.matrix.msc4039.download_file", "download_file"),
  GET_RTC_TRANSPORTS(from(), "org.matrix.msc4515.get_rtc_transports", "get_rtc_transports"),
  LIVEKIT_GET_TOKEN(from(), "org.matrix.msc4533.rtc_livekit_get_token", "rtc_livekit_get_token"),
  LIVEKIT_DELEGATE_DELAYED_LEAVE(
      from(),
      "org.matrix.msc4533.rtc_livekit_delegate_delayed_leave",
      "rtc_livekit_delegate_delayed_leave"),

  NAVIGATE(from(), "org.matrix.msc2931.navigate", "navigate"),
  VIEW_ROOM(from(), "io.element.view_room"),
  SET_ALWAYS_ON_SCREEN(from(), "set_always_on_screen"),
  STICKER(from(), "m.sticker"),
  INTEGRATION_MANAGER_OPEN(from(), "integration_manager_open"),
  OPEN_MODAL(from(), "open_modal"),
  CLOSE_MODAL(both(), "close_modal"),
  SET_BUTTON_ENABLED(from(), "set_button_enabled"),
  WIDGET_CONFIG(to(), "widget_config"),
  BUTTON_CLICKED(to(), "button_clicked"),

  THEME_CHANGE(to(), "theme_change"),
  LANGUAGE_CHANGE(to(), "language_change"),
  VISIBILITY(to(), "visibility"),
  SCREENSHOT(to(), "screenshot"),

  CALL_JOIN(both(), "io.element.join"),
  CALL_HANGUP(both(), "im.vector.hangup"),
  CALL_CLOSE(from(), "io.element.close"),
  CALL_DEVICE_MUTE(both(), "io.element.device_mute"),
  CALL_TILE_LAYOUT(both(), "io.element.tile_layout"),
  CALL_SPOTLIGHT_LAYOUT(both(), "io.element.spotlight_layout"),
  CALL_PARTICIPANTS(both(), "io.element.participants"),
  CALL_START_LIVE_STREAM(both(), "im.vector.start_live_stream");

  private static final Map<Direction, Map<String, WidgetAction>> BY_NAME = byName();

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable copy
  private final Set<Direction> directions;

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable copy
  private final List<String> names;

  WidgetAction(Set<Direction> directions, String... names) {
    this.directions = Set.copyOf(directions);
    this.names = List.of(names);
  }

  private static Set<Direction> from() {
    return EnumSet.of(FROM_WIDGET);
  }

  private static Set<Direction> to() {
    return EnumSet.of(TO_WIDGET);
  }

  private static Set<Direction> both() {
    return EnumSet.of(FROM_WIDGET, TO_WIDGET);
  }

  private static Map<Direction, Map<String, WidgetAction>> byName() {
    Map<Direction, Map<String, WidgetAction>> all = new EnumMap<>(Direction.class);
    for (Direction direction : Direction.values()) {
      Map<String, WidgetAction> names = new HashMap<>();
      for (WidgetAction action : values()) {
        if (action.directions.contains(direction)) {
          action.names.forEach(name -> names.put(name, action));
        }
      }
      all.put(direction, Map.copyOf(names));
    }
    return all;
  }

  /** The name that is sent. */
  public String wireName() {
    return names.get(0);
  }

  /** Every name that is understood, the one that is sent first. */
  public List<String> wireNames() {
    return names;
  }

  /** Whether a request may go that way. */
  public boolean goes(Direction direction) {
    return directions.contains(direction);
  }

  /** The action that a request of that direction names, matched exactly. */
  public static Optional<WidgetAction> of(Direction direction, String wireName) {
    return Optional.ofNullable(BY_NAME.getOrDefault(direction, Map.of()).get(wireName));
  }
}
