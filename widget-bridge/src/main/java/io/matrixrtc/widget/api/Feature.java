package io.matrixrtc.widget.api;

import java.util.List;
import java.util.Optional;

/**
 * A capability that is one fixed string, and opens its own actions alone (CAP-FEATURE). The first
 * name is printed, all are understood.
 */
public enum Feature implements Capability {
  SCREENSHOT("m.capability.screenshot"),
  STICKER("m.sticker"),
  ALWAYS_ON_SCREEN("m.always_on_screen"),
  REQUIRES_CLIENT("io.element.requires_client"),
  VIEW_ROOM("io.element.view_room"),
  VISIBILITY("visibility"),
  NAVIGATE("org.matrix.msc2931.navigate", "m.navigate"),
  TURN_SERVERS("town.robin.msc3846.turn_servers", "m.turn_servers"),
  USER_DIRECTORY_SEARCH("org.matrix.msc3973.user_directory_search", "m.user_directory_search"),
  UPLOAD_FILE("org.matrix.msc4039.upload_file", "m.upload_file"),
  DOWNLOAD_FILE("org.matrix.msc4039.download_file", "m.download_file"),
  SEND_DELAYED_EVENT("org.matrix.msc4157.send.delayed_event", "m.send.delayed_event"),
  UPDATE_DELAYED_EVENT("org.matrix.msc4157.update_delayed_event", "m.update_delayed_event"),
  SEND_STICKY_EVENT("org.matrix.msc4407.send.sticky_event", "m.send.sticky_event"),
  RECEIVE_STICKY_EVENT("org.matrix.msc4407.receive.sticky_event", "m.receive.sticky_event"),
  RTC_TRANSPORTS("org.matrix.msc4515.rtc_transports", "rtc_transports"),
  LIVEKIT_GET_TOKEN("org.matrix.msc4533.rtc_livekit_get_token"),
  LIVEKIT_DELEGATE_DELAYED_LEAVE("org.matrix.msc4533.rtc_livekit_delegate_delayed_leave");

  private final List<String> names;

  Feature(String... names) {
    this.names = List.of(names);
  }

  @Override
  public String text() {
    return names.get(0);
  }

  static Optional<Feature> of(String text) {
    for (Feature feature : values()) {
      if (feature.names.contains(text)) {
        return Optional.of(feature);
      }
    }
    return Optional.empty();
  }
}
