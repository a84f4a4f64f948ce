package io.matrixrtc.keys;

/**
 * Where something happens: what every log line starts with.
 *
 * @param roomId the room of the call
 * @param slotId the slot within the room, for example {@code m.call#ROOM}
 * @param own this device
 */
public record CallContext(String roomId, String slotId, DeviceAddress own) {
  @Override
  public String toString() {
    return "[" + roomId + " " + slotId + " " + own + "]";
  }
}
