package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ed25519 keys that were read lately, by their text. To find out that bytes name a point of the
 * curve costs more than to decrypt the message that they came in, and the same few keys come again
 * and again.
 */
final class ReadKeys {
  /** So many are kept; the one unused for longest goes first. */
  static final int MAX_KEYS = 2_000;

  /** Longer texts are not kept: 32 bytes have 43 characters, 44 with padding. */
  private static final int MAX_TEXT_LENGTH = 44;

  private final Map<String, Ed25519PublicKey> keys = new LinkedHashMap<>(16, 0.75f, true);

  /** As {@link Ed25519PublicKey#fromBase64}. */
  Ed25519PublicKey fromBase64(String text) throws KeyFormatException {
    Ed25519PublicKey known = keys.get(text);
    if (known != null) {
      return known;
    }
    Ed25519PublicKey read = Ed25519PublicKey.fromBase64(text);
    if (text.length() <= MAX_TEXT_LENGTH) {
      keys.put(text, read);
      if (keys.size() > MAX_KEYS) {
        keys.remove(keys.keySet().iterator().next());
      }
    }
    return read;
  }

  int size() {
    return keys.size();
  }
}
