package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.SenderEvidence.OlmDevice;
import io.matrixrtc.widget.api.Flow;
import io.matrixrtc.widget.api.InternalToDeviceTypes;
import io.matrixrtc.widget.api.WidgetAction;
import io.matrixrtc.widget.host.HostEvent.WithheldReason;
import io.matrixrtc.widget.host.RoomView.Encryption;
import java.util.Optional;

/**
 * Hands to-device messages to the widget with exactly four members: type, sender, encrypted and
 * content (TODEV-FOUR). Whether one was encrypted is what the Olm machine says, never the message
 * (TODEV-FLAG). The widget cannot check who sent a call key, so that is done here, by the device of
 * the Olm session.
 */
final class ToDeviceFeed {
  private final HostSession session;
  private final RoomAccess rooms;

  ToDeviceFeed(HostSession session, RoomAccess rooms) {
    this.session = session;
    this.rooms = rooms;
  }

  void onMessage(IncomingToDevice message) {
    Optional<WithheldReason> withheld = withheld(message);
    if (withheld.isPresent()) {
      session.report(
          new HostEvent.ToDeviceWithheld(message.type(), message.sender(), withheld.get()));
      return;
    }
    ObjectNode data = Json.newObject();
    data.put("type", message.type());
    data.put("sender", message.sender());
    data.put("encrypted", message.from().isPresent());
    data.set("content", message.content());
    session.push(WidgetAction.SEND_TO_DEVICE, data);
  }

  private Optional<WithheldReason> withheld(IncomingToDevice message) {
    if (InternalToDeviceTypes.contains(message.type())) { // TODEV-INTERNAL
      return Optional.of(WithheldReason.INTERNAL_TYPE);
    }
    if (!session.grants().allowsToDevice(Flow.RECEIVE, message.type())) { // TODEV-GRANT
      return Optional.of(WithheldReason.NOT_GRANTED);
    }
    boolean encryptedRoom = session.rooms().encryption(rooms.viewed()) != Encryption.CLEAR;
    if (encryptedRoom && message.from().isEmpty()) { // TODEV-CLEAR
      return Optional.of(WithheldReason.CLEARTEXT_IN_ENCRYPTED_ROOM);
    }
    return CallKeys.isCallKey(message.type()) ? withheldKey(message) : Optional.empty();
  }

  /** TODEV-CALLKEY. */
  private Optional<WithheldReason> withheldKey(IncomingToDevice message) {
    if (message.from().isEmpty()) {
      return Optional.of(WithheldReason.CLEARTEXT_KEY);
    }
    OlmDevice from = message.from().get();
    if (!session.rooms().isJoined(rooms.viewed(), message.sender())) {
      return Optional.of(WithheldReason.SENDER_NOT_IN_ROOM);
    }
    if (CallKeys.room(message.content()).filter(rooms.viewed()::equals).isEmpty()) {
      return Optional.of(WithheldReason.ANOTHER_ROOM);
    }
    if (!CallKeys.claimedDevice(message.content())
        .orElse(from.device().deviceId())
        .equals(from.device().deviceId())) {
      return Optional.of(WithheldReason.CLAIMED_DEVICE_DIFFERS);
    }
    if (!session.widget().trust().isMetBy(from.trust())) {
      return Optional.of(WithheldReason.UNTRUSTED_DEVICE);
    }
    return Optional.empty();
  }
}
