package io.matrixrtc.keys;

import io.matrixrtc.media.MediaKey;

/** The formats of a key as a to-device message. All are read; one is written. */
public enum KeyFormat {
  /** {@code io.element.call.encryption_keys}, what deployed clients write and read. */
  ELEMENT_CALL("element-call", MediaKey.MIN_BYTES),
  /** {@code org.matrix.msc4143.rtc.encryption_key}: a draft that no deployed client reads. */
  MSC4143_DRAFT("msc4143", 32);

  private final String label;
  private final int leastBytes;

  KeyFormat(String label, int leastBytes) {
    this.label = label;
    this.leastBytes = leastBytes;
  }

  /** The name it is chosen by. */
  public String label() {
    return label;
  }

  /** The bytes that a key must have at least for LiveKit; longer ones are read, too. */
  public int leastKeyBytes() {
    return leastBytes;
  }

  /**
   * Finds a format by its name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static KeyFormat named(String label) {
    for (KeyFormat format : values()) {
      if (format.label.equals(label)) {
        return format;
      }
    }
    throw new IllegalArgumentException("key format: want element-call or msc4143, got " + label);
  }
}
