package io.matrixrtc.olm;

import io.matrixrtc.cipher.HmacSha256;
import java.util.Arrays;

/**
 * A chain at one index. Immutable: steps make new objects, so that a failed decrypt loses nothing.
 */
final class ChainKey {
  static final int BYTES = 32;

  private static final int MESSAGE_SEED = 0x01;
  private static final int CHAIN_SEED = 0x02;

  private final byte[] secret;
  private final long index;

  /** Takes over {@code secret}. */
  ChainKey(byte[] secret, long index) {
    this.secret = secret;
    this.index = index;
  }

  /** Index of the next message, unsigned. */
  long index() {
    return index;
  }

  MessageKey messageKey() {
    return new MessageKey(HmacSha256.of(secret, MESSAGE_SEED), index);
  }

  ChainKey next() {
    return new ChainKey(HmacSha256.of(secret, CHAIN_SEED), index + 1);
  }

  /** The bytes themselves; callers only read them. */
  byte[] raw() {
    return secret;
  }

  void wipe() {
    Arrays.fill(secret, (byte) 0);
  }
}
