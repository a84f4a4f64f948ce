package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.WidgetError;
import java.util.List;
import java.util.Map;

/** Something the app or the user may want to know of a session. Holds no secret. */
public sealed interface HostEvent {

  /** Negotiation is over; strings as the widget wrote them. */
  record Negotiated(List<String> requested, List<String> approved) implements HostEvent {}

  /** A message was dropped without an answer. */
  record Dropped(DropReason reason) implements HostEvent {}

  /** A request of the widget was refused. */
  record Refused(String action, String message) implements HostEvent {}

  /** The widget did not take a push; it is not sent again. */
  record PushFailed(String action, WidgetError error) implements HostEvent {}

  /** The widget did not answer in time. */
  record PushTimedOut(String action) implements HostEvent {}

  /** The widget answers too slowly; a push was given up. */
  record PushDropped(String action) implements HostEvent {}

  /** To-device messages of the widget did not reach these devices: user to device ids. */
  record ToDeviceFailures(String type, Map<String, List<String>> failures) implements HostEvent {}

  /** A to-device message was kept from the widget. */
  record ToDeviceWithheld(String type, String sender, WithheldReason reason) implements HostEvent {}

  /** The widget shows its call: the user has joined. */
  record CallJoined() implements HostEvent {}

  /** The user has left the call. */
  record CallHungUp() implements HostEvent {}

  /** The widget is done and wants to be closed. */
  record CallClosed() implements HostEvent {}

  /** The widget's microphone and camera. */
  record DeviceMute(boolean audioEnabled, boolean videoEnabled) implements HostEvent {}

  /** The iframe has loaded another document; what the one before was granted is void. */
  record Reloaded() implements HostEvent {}

  /** The session is over; the iframe is to be blanked. */
  record Ended(EndReason reason) implements HostEvent {}

  /** Why a message was dropped. */
  enum DropReason {
    WRONG_SOURCE,
    WRONG_ORIGIN,
    WRONG_WIDGET_ID,
    MALFORMED,
    TOO_LONG,
    WRONG_DIRECTION,
    UNKNOWN_REPLY,
    REPLY_OF_ANOTHER_ACTION,
    REPEATED_REQUEST,
    SESSION_OVER
  }

  /** Why a to-device message was withheld. */
  enum WithheldReason {
    INTERNAL_TYPE,
    NOT_GRANTED,
    CLEARTEXT_IN_ENCRYPTED_ROOM,
    SENDER_NOT_IN_ROOM,
    ANOTHER_ROOM,
    CLAIMED_DEVICE_DIFFERS,
    UNTRUSTED_DEVICE,
    CLEARTEXT_KEY
  }

  /** Why a session ended. */
  enum EndReason {
    CLOSED_BY_HOST,
    FLOODED_BY_WIDGET
  }
}
