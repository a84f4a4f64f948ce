package io.matrixrtc.homeserver.accounts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * Hashes of passwords (scrypt) and of access tokens (SHA-256, enough for 256 random bits). The cost
 * is low on purpose: a scripted call logs in hundreds of users within seconds.
 */
final class Passwords {
  private static final int SCRYPT_N = 1 << 10;
  private static final int SCRYPT_R = 8;
  private static final int HASH_BYTES = 32;

  private Passwords() {}

  /** The hash in hex. */
  static String hash(String password, String salt) {
    byte[] secret = password.getBytes(StandardCharsets.UTF_8);
    byte[] salted = salt.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of()
        .formatHex(SCrypt.generate(secret, salted, SCRYPT_N, SCRYPT_R, 1, HASH_BYTES));
  }

  static boolean matches(String password, String salt, String hash) {
    return MessageDigest.isEqual(
        hash(password, salt).getBytes(StandardCharsets.US_ASCII),
        hash.getBytes(StandardCharsets.US_ASCII));
  }

  static String hashToken(String token) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
