package io.matrixrtc.olm;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What session keys and exports have in common.
 *
 * <pre>| version 1 | index 4, big-endian | ratchet 128 | Ed25519 public key 32 |</pre>
 *
 * @param ratchet at the first index that the key can read
 * @param signingKey of the session; also its id
 */
record SessionKeyBlock(MegolmRatchet ratchet, Ed25519PublicKey signingKey) {
  static final int BYTES = 1 + Integer.BYTES + MegolmRatchet.BYTES + Ed25519PublicKey.BYTES;

  private static final int RATCHET_AT = 1 + Integer.BYTES;
  private static final int KEY_AT = RATCHET_AT + MegolmRatchet.BYTES;

  /** Checks version and exact length of the whole, {@code bytes}, and reads the block in front. */
  static SessionKeyBlock read(byte[] bytes, int version, int length)
      throws MegolmException.MalformedKey {
    if (bytes.length == 0) {
      throw new MegolmException.MalformedKey(SessionKeyDefect.TOO_SHORT);
    }
    if (bytes[0] != version) {
      throw new MegolmException.MalformedKey(SessionKeyDefect.UNSUPPORTED_VERSION); // MEGOLM-KEYVER
    }
    if (bytes.length < length) {
      throw new MegolmException.MalformedKey(SessionKeyDefect.TOO_SHORT);
    }
    if (bytes.length > length) {
      throw new MegolmException.MalformedKey(SessionKeyDefect.TOO_LONG); // MEGOLM-KEYLEN
    }
    long index = Integer.toUnsignedLong(ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt());
    byte[] ratchet = Arrays.copyOfRange(bytes, RATCHET_AT, KEY_AT);
    byte[] key = Arrays.copyOfRange(bytes, KEY_AT, BYTES);
    try {
      return new SessionKeyBlock(new MegolmRatchet(ratchet, index), Ed25519PublicKey.of(key));
    } catch (KeyFormatException e) {
      throw new MegolmException.MalformedKey(SessionKeyDefect.BAD_KEY);
    }
  }

  /** Returns {@code length} bytes that start with this block. */
  byte[] write(int version, int length) {
    return ByteBuffer.allocate(length)
        .put((byte) version)
        .putInt((int) ratchet.index())
        .put(ratchet.raw())
        .put(signingKey.raw())
        .array();
  }
}
