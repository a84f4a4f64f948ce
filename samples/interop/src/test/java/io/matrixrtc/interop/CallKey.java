package io.matrixrtc.interop;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.Arrays;
import java.util.Base64;

/**
 * A media key as a media layer was given it. The accounts are thrown away, so it may be shown.
 *
 * @param owner whose media it encrypts
 * @param base64 the key's material
 */
record CallKey(DeviceAddress owner, int index, String base64) {

  static CallKey of(DeviceAddress owner, KeyIndex index, MediaKey key) {
    byte[] material = key.copyMaterial();
    try {
      return new CallKey(owner, index.value(), Base64.getEncoder().encodeToString(material));
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }
}
