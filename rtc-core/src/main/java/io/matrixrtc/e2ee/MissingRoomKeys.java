package io.matrixrtc.e2ee;

/**
 * Who can find room keys that are missing, for example a backup. The answer comes whenever it does,
 * through {@link RoomKeyArchive#merge}; {@link RoomEncryption#takeArrivedKeys} then tells that
 * events may be readable.
 */
@FunctionalInterface
public interface MissingRoomKeys {
  /**
   * An event could not be read for want of this key, or of an earlier part of it. Told once for
   * each key while the machine is open, and again after it arrived and was not enough. Called from
   * within the machine: must not block, nor call the machine.
   */
  void wanted(RoomKeyId key);
}
