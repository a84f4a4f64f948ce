package io.matrixrtc.olm;

import io.matrixrtc.cipher.AesGcm;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * The envelope of stored states. Each sealing has its own random salt and from it its own AES key
 * and IV, so that a key may seal any number of states.
 *
 * <pre>| version 1 | kind 1 | salt 32 | AES-256-GCM of the content | tag 16 |</pre>
 *
 * Version and kind are authenticated: a state cannot pass for one of another kind (SEAL-KIND).
 */
final class SealedState {
  static final int VERSION = 1;

  private static final int HEADER_BYTES = 2;
  private static final int SALT_BYTES = 32;
  private static final int CONTENT_AT = HEADER_BYTES + SALT_BYTES;

  private static final AesGcm.Layout LAYOUT = new AesGcm.Layout(HEADER_BYTES, CONTENT_AT);

  private SealedState() {}

  /** Seals and wipes {@code content}. */
  static byte[] seal(StateKey key, RandomSource random, StateKind kind, byte[] content) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] sealed = new byte[CONTENT_AT + content.length + AesGcm.TAG_BYTES];
    sealed[0] = VERSION;
    sealed[1] = (byte) kind.number();
    System.arraycopy(salt, 0, sealed, HEADER_BYTES, SALT_BYTES);
    try {
      byte[] keys = keys(key, salt);
      AesGcm.encrypt(keys, keys, AesGcm.KEY_BYTES, content, sealed, LAYOUT);
      Arrays.fill(keys, (byte) 0);
      return sealed;
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  /** Returns the content, which the caller must wipe. */
  static byte[] open(StateKey key, StateKind kind, byte[] sealed) throws SealedStateException {
    if (sealed.length < HEADER_BYTES) {
      throw new SealedStateException.Malformed("truncated");
    }
    if (sealed[0] != VERSION) {
      throw new SealedStateException.UnsupportedVersion(sealed[0] & 0xFF); // SEAL-VER
    }
    if (sealed[1] != kind.number()) {
      throw new SealedStateException.WrongKind(kind, sealed[1] & 0xFF); // SEAL-KIND
    }
    if (sealed.length < CONTENT_AT + AesGcm.TAG_BYTES) {
      throw new SealedStateException.Malformed("truncated");
    }
    byte[] keys = keys(key, Arrays.copyOfRange(sealed, HEADER_BYTES, CONTENT_AT));
    try {
      return AesGcm.decrypt(keys, keys, AesGcm.KEY_BYTES, sealed, LAYOUT);
    } catch (AEADBadTagException e) {
      throw new SealedStateException.NotAuthentic(); // SEAL-AUTH
    } finally {
      Arrays.fill(keys, (byte) 0);
    }
  }

  /** The AES key of one sealing, and its IV behind it; the caller wipes them. */
  private static byte[] keys(StateKey key, byte[] salt) {
    return key.derive(salt, AesGcm.KEY_BYTES + AesGcm.IV_BYTES);
  }
}
