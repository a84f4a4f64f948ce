package io.matrixrtc.e2ee;

import java.util.Set;
import java.util.TreeSet;

/** Our user's other devices that are verified: room keys are asked of them and given to them. */
final class OwnVerifiedDevices {
  private final UserDevice own;
  private final DeviceDirectory directory;
  private final SendPolicy policy;

  OwnVerifiedDevices(UserDevice own, DeviceDirectory directory, DeviceVerification verification) {
    this.own = own;
    this.directory = directory;
    this.policy = new SendPolicy(own, verification, TrustPolicy.VERIFIED);
  }

  /** What a message to them must meet. */
  SendPolicy policy() {
    return policy;
  }

  boolean includes(Device device) throws CryptoStoreException {
    return device.keys().userId().equals(own.userId())
        && !device.keys().isDehydrated()
        && policy.refusal(device).isEmpty();
  }

  Set<UserDevice> all() throws CryptoStoreException {
    Set<UserDevice> devices = new TreeSet<>();
    for (Device device : directory.of(own.userId())) {
      if (includes(device)) {
        devices.add(device.address());
      }
    }
    return devices;
  }
}
