package io.matrixrtc.e2ee;

/**
 * A device of some user, as the last accepted {@code /keys/query} answer described it.
 *
 * @param keys its self-signed keys
 * @param localTrust what our user decided about it
 */
public record Device(SignedDeviceKeys keys, LocalTrust localTrust) {

  /** Its name. */
  public UserDevice address() {
    return new UserDevice(keys.userId(), keys.deviceId());
  }

  /** Whether nothing differs, unsigned members included. */
  boolean isSameAs(Device other) {
    return localTrust == other.localTrust && keys.isWrittenAs(other.keys);
  }

  /** Returns the device with another decision about it. */
  public Device withLocalTrust(LocalTrust trust) {
    return new Device(keys, trust);
  }
}
