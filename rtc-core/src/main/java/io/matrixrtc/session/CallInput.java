package io.matrixrtc.session;

import io.matrixrtc.keys.DeviceAddress;
import java.util.Map;

/** What a client tells a call of one room. Any thread may call; nothing blocks. */
public interface CallInput {
  /** The room said something new. The first update carries its whole state. */
  void onRoomUpdate(RoomUpdate update);

  /** A sync succeeded, and what it said of the room was told before. */
  void onSynced();

  /**
   * The devices that keys must not go to now: blocked, deleted, without the signature that the
   * policy asks for. Told before the update in which one of them joins, if it is known by then.
   *
   * @param devices with why, for people; takes the place of the last ones
   */
  void onBarredDevices(Map<DeviceAddress, String> devices);
}
