package io.matrixrtc.interop;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;

/** Keys on their way from a call to a media layer. */
final class MediaKeys {
  private MediaKeys() {}

  /** As Element Call names its participants where memberships are of the legacy form. */
  static String identity(DeviceAddress device) {
    return device.userId() + ":" + device.deviceId();
  }

  /** A ring with these keys, of which the last one is used to send. */
  static KeyRing ring(List<CallKey> keys) {
    KeyRing ring =
        new KeyRing(KeyRingSettings.defaults(), new SecureRandom(), InstantSource.system());
    for (CallKey key : keys) {
      put(ring, key.index(), key.base64());
    }
    return ring;
  }

  /** Puts a key into a ring and uses it. */
  static void put(KeyRing ring, int index, String base64) {
    try (MediaKey material = MediaKey.copyOf(Base64.getDecoder().decode(base64))) {
      ring.put(new KeyIndex(index), material);
      ring.use(new KeyIndex(index));
    }
  }
}
