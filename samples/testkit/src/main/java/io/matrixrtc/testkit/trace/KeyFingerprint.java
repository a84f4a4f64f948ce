package io.matrixrtc.testkit.trace;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names a key without telling it: 64 bits of a hash, as 16 lower-case hex digits. Equal keys have
 * equal fingerprints.
 */
public record KeyFingerprint(@JsonValue String hex) {
  private static final byte[] LABEL =
      "matrixrtc trace fingerprint\0".getBytes(StandardCharsets.US_ASCII);

  private static final int BYTES = 8;

  @JsonCreator
  public KeyFingerprint {
    // Nothing longer than a fingerprint fits, so that no key can get here by mistake.
    if (!hex.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException("key fingerprint: want 16 lower-case hex digits");
    }
  }

  /** The fingerprint of key material, which is read and not kept. */
  public static KeyFingerprint of(byte[] material) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(LABEL);
      byte[] hash = sha256.digest(material);
      return new KeyFingerprint(HexFormat.of().formatHex(hash, 0, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The first four digits, enough to tell the keys of one call apart by eye. */
  public String brief() {
    return hex.substring(0, 4);
  }

  @Override
  public String toString() {
    return hex;
  }
}
