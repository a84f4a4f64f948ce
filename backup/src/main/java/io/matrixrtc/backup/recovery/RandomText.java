package io.matrixrtc.backup.recovery;

import io.matrixrtc.olm.RandomSource;

/** Random letters and digits, each as likely as any other: salts and key ids. */
public final class RandomText {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private RandomText() {}

  /** Returns {@code length} characters. */
  public static String alphanumeric(RandomSource random, int length) {
    int fair = 256 / ALPHABET.length() * ALPHABET.length();
    StringBuilder text = new StringBuilder(length);
    byte[] one = new byte[1];
    while (text.length() < length) {
      random.nextBytes(one);
      int value = one[0] & 0xff;
      if (value < fair) {
        text.append(ALPHABET.charAt(value % ALPHABET.length()));
      }
    }
    return text.toString();
  }
}
