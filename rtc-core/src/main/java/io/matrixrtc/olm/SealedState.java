package io.matrixrtc.olm;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

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
  private static final int TAG_BYTES = 16;
  private static final int AES_KEY_BYTES = 32;
  private static final int IV_BYTES = 12;
  private static final int CONTENT_AT = HEADER_BYTES + SALT_BYTES;

  private SealedState() {}

  /** Seals and wipes {@code content}. */
  static byte[] seal(StateKey key, RandomSource random, StateKind kind, byte[] content) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] sealed = new byte[CONTENT_AT + content.length + TAG_BYTES];
    sealed[0] = VERSION;
    sealed[1] = (byte) kind.number();
    System.arraycopy(salt, 0, sealed, HEADER_BYTES, SALT_BYTES);
    try {
      gcm(Cipher.ENCRYPT_MODE, key, sealed).doFinal(content, 0, content.length, sealed, CONTENT_AT);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail to encrypt", e);
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
    if (sealed.length < CONTENT_AT + TAG_BYTES) {
      throw new SealedStateException.Malformed("truncated");
    }
    try {
      return gcm(Cipher.DECRYPT_MODE, key, sealed)
          .doFinal(sealed, CONTENT_AT, sealed.length - CONTENT_AT);
    } catch (AEADBadTagException e) {
      throw new SealedStateException.NotAuthentic(); // SEAL-AUTH
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM cannot fail otherwise", e);
    }
  }

  private static Cipher gcm(int mode, StateKey key, byte[] sealed) throws GeneralSecurityException {
    byte[] salt = Arrays.copyOfRange(sealed, HEADER_BYTES, CONTENT_AT);
    byte[] derived = key.derive(salt, AES_KEY_BYTES + IV_BYTES);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(derived, 0, AES_KEY_BYTES, "AES"),
          new GCMParameterSpec(8 * TAG_BYTES, derived, AES_KEY_BYTES, IV_BYTES));
      cipher.updateAAD(sealed, 0, HEADER_BYTES);
      return cipher;
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }
}
