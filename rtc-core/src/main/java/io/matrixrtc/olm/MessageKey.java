package io.matrixrtc.olm;

import java.util.Arrays;

/** The secret of one message and the index that it was made at. */
final class MessageKey {
  static final int BYTES = 32;

  private final byte[] secret;
  private final long index;

  /** Takes over {@code secret}. */
  MessageKey(byte[] secret, long index) {
    this.secret = secret;
    this.index = index;
  }

  long index() {
    return index;
  }

  MessageCipher cipher() {
    return MessageCipher.ofOlm(secret);
  }

  /** The bytes themselves; callers only read them. */
  byte[] raw() {
    return secret;
  }

  void wipe() {
    Arrays.fill(secret, (byte) 0);
  }
}
