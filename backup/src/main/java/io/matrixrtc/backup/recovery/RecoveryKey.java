package io.matrixrtc.backup.recovery;

import io.matrixrtc.backup.recovery.RecoveryKeyException.Reason;
import java.util.Arrays;

/**
 * The text form of a 32-byte key that a person writes down: a backup key or a secret storage key,
 * which look alike.
 *
 * <pre>Base58 of | 0x8B 0x01 | key 32 | XOR of all bytes before |</pre>
 *
 * 48 characters in twelve groups of four. Source: Matrix specification, "Recovery key".
 */
public final class RecoveryKey {
  /** Length of the key inside. */
  public static final int KEY_BYTES = 32;

  private static final int PREFIX_1 = 0x8b;
  private static final int PREFIX_2 = 0x01;
  private static final int TOTAL_BYTES = 2 + KEY_BYTES + 1;

  /** Longer texts cannot be {@value #TOTAL_BYTES} bytes, however they start. */
  private static final int MAX_CHARACTERS = 48;

  private RecoveryKey() {}

  /**
   * Returns the text of {@code key}, in groups of four with one space between (REC-FORM). It is as
   * secret as the key.
   */
  public static String encode(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("recovery key: want 32 bytes, got " + key.length);
    }
    byte[] whole = new byte[TOTAL_BYTES];
    whole[0] = (byte) PREFIX_1;
    whole[1] = (byte) PREFIX_2;
    System.arraycopy(key, 0, whole, 2, KEY_BYTES);
    whole[TOTAL_BYTES - 1] = parity(whole);
    String text = Base58.encode(whole).replaceAll("(.{4})(?=.)", "$1 ");
    Arrays.fill(whole, (byte) 0);
    return text;
  }

  /**
   * Returns the key that {@code typed} writes, which the caller must zero. White space of any kind
   * does not matter (REC-SPACE); everything else must be exact (REC-CHECK).
   *
   * @throws RecoveryKeyException naming the first check that failed: alphabet, length, prefix,
   *     parity
   */
  public static byte[] decode(String typed) throws RecoveryKeyException {
    StringBuilder text = new StringBuilder(MAX_CHARACTERS);
    typed.codePoints().filter(c -> !isWhiteSpace(c)).forEach(text::appendCodePoint);
    if (!Base58.isAlphabet(text)) {
      throw new RecoveryKeyException(Reason.ALPHABET);
    }
    if (text.length() > MAX_CHARACTERS) {
      throw new RecoveryKeyException(Reason.LENGTH);
    }
    byte[] whole = Base58.decode(text);
    try {
      if (whole.length != TOTAL_BYTES) {
        throw new RecoveryKeyException(Reason.LENGTH);
      }
      if ((whole[0] & 0xff) != PREFIX_1 || (whole[1] & 0xff) != PREFIX_2) {
        throw new RecoveryKeyException(Reason.PREFIX);
      }
      if (parity(whole) != 0) {
        throw new RecoveryKeyException(Reason.PARITY);
      }
      return Arrays.copyOfRange(whole, 2, 2 + KEY_BYTES);
    } finally {
      Arrays.fill(whole, (byte) 0);
    }
  }

  private static byte parity(byte[] bytes) {
    byte parity = 0;
    for (byte b : bytes) {
      parity ^= b;
    }
    return parity;
  }

  /** No-break spaces and the byte order mark included, which arrive with copied text. */
  private static boolean isWhiteSpace(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == 0x85
        || character == 0xfeff;
  }
}
