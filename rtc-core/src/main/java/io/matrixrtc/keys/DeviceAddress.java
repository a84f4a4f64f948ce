package io.matrixrtc.keys;

/**
 * One device of one user: where a to-device message goes to or comes from.
 *
 * @param userId full Matrix user id, for example {@code @alice:example.org}
 * @param deviceId the device id, opaque
 */
public record DeviceAddress(String userId, String deviceId) {
  /** Ids have at most 255 bytes each. */
  private static final int MAX_SHOWN_CHARS = 511;

  public DeviceAddress {
    if (userId.isEmpty() || deviceId.isEmpty()) {
      throw new IllegalArgumentException("device address: user id and device id must not be empty");
    }
  }

  /** For people and logs: both ids, without control characters. */
  @Override
  public String toString() {
    return Quoted.text(userId + "/" + deviceId, MAX_SHOWN_CHARS);
  }
}
