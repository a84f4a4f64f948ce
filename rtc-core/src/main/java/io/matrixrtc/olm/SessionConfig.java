package io.matrixrtc.olm;

/**
 * Which form the messages of a session have. A session is bound to its configuration; the two do
 * not mix.
 */
public enum SessionConfig {
  /** Message version 3, MAC cut to 8 bytes: what Matrix uses. */
  V1(1, 3, 8),
  /** Message version 4, whole MAC of 32 bytes: experimental. */
  V2(2, 4, 32);

  private final int number;
  private final int messageVersion;
  private final int macBytes;

  SessionConfig(int number, int messageVersion, int macBytes) {
    this.number = number;
    this.messageVersion = messageVersion;
    this.macBytes = macBytes;
  }

  /** The number of the configuration: 1 or 2. */
  public int number() {
    return number;
  }

  /** The first byte of the messages. */
  public int messageVersion() {
    return messageVersion;
  }

  /** Length of the MAC in bytes. */
  public int macBytes() {
    return macBytes;
  }
}
