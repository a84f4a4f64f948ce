package io.matrixrtc.e2ee;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The key that we write a room's events with, without the key itself.
 *
 * @param key its name
 * @param createdAt when it was made
 * @param messages how many events it has encrypted
 * @param visibility the room's history visibility when it was made
 * @param devices the devices that were offered it or told no; a device that is in neither state has
 *     not got it
 */
public record RoomSessionStatus(
    RoomKeyId key,
    Instant createdAt,
    long messages,
    HistoryVisibility visibility,
    Map<UserDevice, Holding> devices) {
  public RoomSessionStatus {
    devices = Map.copyOf(devices);
  }

  /**
   * What one device has.
   *
   * @param confirmed whether the homeserver confirmed that it has the key for the device
   * @param index the first message that the device can read, if it has the key
   * @param withheld what it was told instead, if the key is kept from it
   */
  public record Holding(boolean confirmed, long index, Optional<WithheldCode> withheld) {}

  static RoomSessionStatus of(OutboundRoomSession session) {
    Map<UserDevice, Holding> devices = new HashMap<>();
    session
        .shares()
        .forEach(
            (device, share) ->
                devices.put(
                    device,
                    new Holding(
                        share.state() == OutboundRoomSession.Share.State.SERVED,
                        share.index(),
                        share.code())));
    return new RoomSessionStatus(
        session.id(), session.createdAt(), session.messages(), session.visibility(), devices);
  }
}
