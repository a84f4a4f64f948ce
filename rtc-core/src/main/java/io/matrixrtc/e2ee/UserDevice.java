package io.matrixrtc.e2ee;

/**
 * The name of one device of one user. Says nothing about whether it exists.
 *
 * @param userId full Matrix user id, for example {@code @alice:example.org}
 * @param deviceId the device id, opaque
 */
public record UserDevice(String userId, String deviceId) implements Comparable<UserDevice> {
  public UserDevice {
    if (userId.isEmpty() || deviceId.isEmpty()) {
      throw new IllegalArgumentException("device: user id and device id must not be empty");
    }
  }

  /** The part of the user id after the first colon; the whole id if there is none. */
  public String serverName() {
    return serverName(userId);
  }

  /** The server name in a user id; the whole id if it holds no colon. */
  static String serverName(String userId) {
    return userId.substring(userId.indexOf(':') + 1);
  }

  @Override
  public int compareTo(UserDevice other) {
    int users = userId.compareTo(other.userId);
    return users != 0 ? users : deviceId.compareTo(other.deviceId);
  }

  /** For people and logs: both ids, without control characters. */
  @Override
  public String toString() {
    return ShownText.of(userId, ShownText.MAX_ID_CHARS)
        + "/"
        + ShownText.of(deviceId, ShownText.MAX_ID_CHARS);
  }
}
