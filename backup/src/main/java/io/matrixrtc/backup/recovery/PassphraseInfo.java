package io.matrixrtc.backup.recovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.recovery.PassphraseException.Reason;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * How a key is made from a passphrase: PBKDF2-HMAC-SHA-512 with these numbers. They come from the
 * server, hence the bounds (PASS-BOUNDS).
 *
 * <p>Source: Matrix specification, "Deriving keys from passphrases".
 *
 * @param salt taken as UTF-8, not decoded; not empty
 * @param iterations 1 to {@value #MAX_ITERATIONS}
 * @param bits length of the key, a positive multiple of 8 up to {@value #MAX_BITS}
 */
public record PassphraseInfo(String salt, int iterations, int bits) {
  /** Most iterations that are run; at 500,000 in 0.6 s these take 12 s. */
  public static final int MAX_ITERATIONS = 10_000_000;

  /** Longest key, in bits. */
  public static final int MAX_BITS = 4096;

  /** What new ones get. */
  public static final int NEW_ITERATIONS = 500_000;

  /** Length of a key unless something else is said, in bits. */
  public static final int DEFAULT_BITS = 256;

  private static final String ALGORITHM = "m.pbkdf2";
  private static final int NEW_SALT_CHARACTERS = 32;

  public PassphraseInfo {
    if (salt.isEmpty() || !isIterations(iterations) || !isBits(bits)) {
      throw new IllegalArgumentException("passphrase: salt, iterations or bits out of bounds");
    }
  }

  /** Returns what a new passphrase gets: 500,000 iterations and a random salt. */
  public static PassphraseInfo generate(RandomSource random) {
    return new PassphraseInfo(
        RandomText.alphanumeric(random, NEW_SALT_CHARACTERS), NEW_ITERATIONS, DEFAULT_BITS);
  }

  /**
   * Reads the member {@code passphrase} of a key description.
   *
   * @throws PassphraseException if it is not one that can be followed
   */
  public static PassphraseInfo parse(JsonNode json) throws PassphraseException {
    if (!ALGORITHM.equals(json.path("algorithm").textValue())) {
      throw new PassphraseException(Reason.ALGORITHM);
    }
    return of(json.path("salt"), json.path("iterations"), json.path("bits"));
  }

  /**
   * Reads the three values, wherever they stood; {@code bits} may be missing.
   *
   * @throws PassphraseException if one is missing, of another type, or out of bounds
   */
  public static PassphraseInfo of(JsonNode salt, JsonNode iterations, JsonNode bits)
      throws PassphraseException {
    if (!salt.isTextual() || salt.textValue().isEmpty()) {
      throw new PassphraseException(Reason.SALT);
    }
    if (!isInt(iterations) || !isIterations(iterations.intValue())) {
      throw new PassphraseException(Reason.ITERATIONS);
    }
    if (!bits.isMissingNode() && (!isInt(bits) || !isBits(bits.intValue()))) {
      throw new PassphraseException(Reason.BITS);
    }
    return new PassphraseInfo(
        salt.textValue(),
        iterations.intValue(),
        bits.isMissingNode() ? DEFAULT_BITS : bits.intValue());
  }

  /**
   * Returns the key of {@code passphrase}, {@link #bits} / 8 bytes, which the caller must zero. The
   * text counts as typed, neither trimmed nor normalised (PASS-EXACT). Takes a second or so: call
   * it where that does not matter.
   */
  public byte[] deriveKey(String passphrase) {
    char[] characters = passphrase.toCharArray();
    PBEKeySpec spec =
        new PBEKeySpec(characters, salt.getBytes(StandardCharsets.UTF_8), iterations, bits);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks PBKDF2", e);
    } finally {
      spec.clearPassword();
      Arrays.fill(characters, '\0');
    }
  }

  /** Returns the member {@code passphrase} of a key description. */
  public ObjectNode toJson() {
    return Json.newObject()
        .put("algorithm", ALGORITHM)
        .put("salt", salt)
        .put("iterations", iterations)
        .put("bits", bits);
  }

  private static boolean isInt(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt();
  }

  private static boolean isIterations(int value) {
    return value >= 1 && value <= MAX_ITERATIONS;
  }

  private static boolean isBits(int value) {
    return value >= 8 && value <= MAX_BITS && value % 8 == 0;
  }
}
