package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.CapabilitySet;
import io.matrixrtc.widget.api.WidgetAction;
import java.util.List;
import java.util.Optional;

/** What a host hands to a widget. Called one at a time; must not block. */
public interface WidgetListener {
  /** The host has told what is approved. Called again after a renegotiation. */
  default void onCapabilities(CapabilitySet approved) {}

  /** The widget may begin: it knows its capabilities and, if it wants any, the room's state. */
  default void onReady() {}

  /** A room event. */
  default void onRoomEvent(ObjectNode event) {}

  /** Entries of a room's state, as they are now. */
  default void onState(List<ObjectNode> entries) {}

  /**
   * A to-device message.
   *
   * @param encrypted the host's word for whether it was Olm-encrypted
   */
  default void onToDevice(String type, String sender, boolean encrypted, ObjectNode content) {}

  /**
   * Another request of the host: theme, mute, hang up, TURN servers.
   *
   * @return the response; empty if the widget does not know this, which the host is told
   */
  default Optional<ObjectNode> onRequest(WidgetAction action, ObjectNode data) {
    return Optional.empty();
  }
}
