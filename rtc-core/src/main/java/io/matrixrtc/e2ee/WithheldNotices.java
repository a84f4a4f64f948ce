package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.ToDevice;
import io.matrixrtc.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells devices that a room key is kept from them, and why, in the clear. A hint: one that does not
 * get away, or is lost in a crash, is not repeated.
 */
final class WithheldNotices {
  private final OwnDevice own;
  private final RequestIds ids;
  private final Map<UserDevice, ObjectNode> waiting = new LinkedHashMap<>();
  private final Map<String, ToDevice> underWay = new LinkedHashMap<>();

  WithheldNotices(OwnDevice own, RequestIds ids) {
    this.own = own;
    this.ids = ids;
  }

  /** A device is told why it does not get a key; of {@code m.no_olm} it is told for all keys. */
  void tell(UserDevice device, RoomKeyId key, WithheldCode code) {
    ObjectNode content =
        Json.newObject()
            .put("algorithm", OwnDevice.MEGOLM_ALGORITHM)
            .put("code", code.code())
            .put("reason", reason(code))
            .put("sender_key", own.identityKeys().curve25519().toBase64())
            .put("from_device", own.address().deviceId());
    if (code != WithheldCode.NO_OLM) { // WITHHELD-NO-OLM
      content.put("room_id", key.roomId()).put("session_id", key.sessionId());
    }
    if (waiting.containsKey(device)) {
      flush(); // one message to a device in each request
    }
    waiting.put(device, content);
  }

  private static String reason(WithheldCode code) {
    return switch (code) {
      case BLACKLISTED -> "The sender has blocked this device.";
      case UNVERIFIED -> "The sender does not write to devices that are not verified.";
      case UNAUTHORISED -> "This device may not read the room.";
      case UNAVAILABLE -> "The sender does not have the key.";
      case NO_OLM -> "No secure channel with this device could be set up.";
      case HISTORY_NOT_SHARED -> "The sender does not share the history of the room.";
    };
  }

  private void flush() {
    ToDeviceBatches.split(
        waiting,
        (body, devices) -> {
          ToDevice request = new ToDevice(ids.next(), RoomKeyEvents.WITHHELD, body, devices);
          underWay.put(request.id(), request);
        });
    waiting.clear();
  }

  List<ToDevice> requests() {
    flush();
    return List.copyOf(underWay.values());
  }

  boolean isUnderWay(String id) {
    return underWay.containsKey(id);
  }

  void onEnd(String id) {
    underWay.remove(id);
  }
}
