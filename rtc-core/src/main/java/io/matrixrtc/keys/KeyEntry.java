package io.matrixrtc.keys;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.keys.KeyRefusal.Origin;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One key with its index, as an event of any format holds it, unchecked.
 *
 * @param index the node with the index
 * @param key the text with the key
 */
record KeyEntry(JsonNode index, String key) {
  /** The base64 text of the longest key, padded, with room for nothing more. */
  private static final int MAX_KEY_CHARS = (MediaKey.MAX_BYTES + 2) / 3 * 4;

  /** A checked key, or why it is refused. */
  sealed interface Reading {
    /** A key; who reads it owns it. */
    record Key(KeyIndex index, MediaKey key) implements Reading {}

    /** No key. */
    record Bad(KeyRefusal refusal) implements Reading {}
  }

  /** KT-INDEX, KT-LENGTH, KT-BASE64 */
  Reading read(Origin from) {
    Optional<KeyIndex> valid = keyIndex();
    if (valid.isEmpty()) {
      return new Reading.Bad(new KeyRefusal.BadIndex(from, Quoted.text(index.toString())));
    }
    if (key.length() > MAX_KEY_CHARS) {
      return new Reading.Bad(new KeyRefusal.BadLength(from, key.length() / 4 * 3));
    }
    byte[] material = bytes();
    if (material == null) {
      return new Reading.Bad(new KeyRefusal.Malformed(from, "keys.key"));
    }
    try {
      boolean fits = material.length >= MediaKey.MIN_BYTES && material.length <= MediaKey.MAX_BYTES;
      return fits
          ? new Reading.Key(valid.get(), MediaKey.copyOf(material))
          : new Reading.Bad(new KeyRefusal.BadLength(from, material.length));
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  private Optional<KeyIndex> keyIndex() {
    boolean valid =
        index.isNumber()
            && index.canConvertToExactIntegral()
            && index.canConvertToInt()
            && index.intValue() >= 0
            && index.intValue() <= KeyIndex.MAX;
    return valid ? Optional.of(new KeyIndex(index.intValue())) : Optional.empty();
  }

  /** Standard or URL-safe alphabet, padded or not; null if it is no base64. */
  private byte @Nullable [] bytes() {
    try {
      return Base64.getDecoder().decode(key.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Shows no key. */
  @Override
  public String toString() {
    return "KeyEntry[" + Quoted.text(index.toString()) + "]";
  }
}
