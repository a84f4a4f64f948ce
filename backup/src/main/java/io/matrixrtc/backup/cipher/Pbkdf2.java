package io.matrixrtc.backup.cipher;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** PBKDF2 with HMAC-SHA-512, RFC 8018. */
public final class Pbkdf2 {
  private Pbkdf2() {}

  /**
   * Returns {@code bytes} bytes, which the caller must zero. The passphrase counts as UTF-8, as
   * typed; it may be empty. The salt may not. Takes about a microsecond for each round.
   */
  public static byte[] sha512(String passphrase, byte[] salt, int rounds, int bytes) {
    char[] characters = passphrase.toCharArray();
    PBEKeySpec spec = new PBEKeySpec(characters, salt, rounds, bytes * 8);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks PBKDF2", e);
    } finally {
      spec.clearPassword();
      Arrays.fill(characters, '\0');
    }
  }
}
