package io.matrixrtc.interop;

import io.matrixrtc.keys.DeviceAddress;
import java.util.List;

/** A device in a call, of whatever implementation. */
interface CallParty {
  /** The device. */
  DeviceAddress address();

  /** The keys of {@code owner} that its media layer was given, in order, own ones included. */
  List<CallKey> keysOf(DeviceAddress owner);

  /** The key that its own media is encrypted with. */
  default CallKey ownKey() {
    List<CallKey> own = keysOf(address());
    if (own.isEmpty()) {
      throw new AssertionError(address() + " has no key of its own");
    }
    return own.get(own.size() - 1);
  }
}
