package io.matrixrtc.backup.recovery;

import java.util.Arrays;

/** Base58 with the Bitcoin alphabet. Takes quadratic time: for short texts only. */
final class Base58 {
  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  private Base58() {}

  static String encode(byte[] bytes) {
    byte[] number = bytes.clone();
    StringBuilder text = new StringBuilder();
    int start = leadingZeros(bytes);
    while (start < number.length) {
      int remainder = 0;
      for (int i = start; i < number.length; i++) {
        int digit = remainder * 256 + (number[i] & 0xff);
        number[i] = (byte) (digit / 58);
        remainder = digit % 58;
      }
      text.append(ALPHABET.charAt(remainder));
      while (start < number.length && number[start] == 0) {
        start++;
      }
    }
    text.append("1".repeat(leadingZeros(bytes)));
    return text.reverse().toString();
  }

  static boolean isAlphabet(CharSequence text) {
    return text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
  }

  /** Returns the bytes of a text whose characters were checked. */
  static byte[] decode(CharSequence text) {
    byte[] number = new byte[text.length()]; // log 58 of a character is below a byte
    int used = 0;
    for (int at = 0; at < text.length(); at++) {
      int carry = ALPHABET.indexOf(text.charAt(at));
      for (int i = number.length - 1; i >= number.length - used || carry > 0; i--) {
        int digit = (i >= number.length - used ? number[i] & 0xff : 0) * 58 + carry;
        number[i] = (byte) digit;
        carry = digit >> 8;
        used = Math.max(used, number.length - i);
      }
    }
    int zeros = 0;
    while (zeros < text.length() && text.charAt(zeros) == '1') {
      zeros++;
    }
    byte[] bytes = new byte[zeros + used];
    System.arraycopy(number, number.length - used, bytes, zeros, used);
    Arrays.fill(number, (byte) 0);
    return bytes;
  }

  private static int leadingZeros(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    return zeros;
  }
}
