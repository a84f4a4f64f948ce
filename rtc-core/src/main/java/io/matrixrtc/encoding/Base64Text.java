package io.matrixrtc.encoding;

import java.util.Base64;

/**
 * The base64 texts of Matrix. Written without padding; read strictly, because two texts for the
 * same bytes would make signed objects and key comparisons ambiguous.
 *
 * <p>Source: Matrix specification, appendices, "Unpadded Base64".
 */
public final class Base64Text {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private Base64Text() {}

  /**
   * Returns {@code bytes} in the alphabet with {@code +} and {@code /}, without padding
   * (B64-WRITE).
   */
  public static String encode(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Returns {@code bytes} in the alphabet with {@code +} and {@code /}, padded to a multiple of 4.
   */
  public static String encodePadded(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * Reads the alphabet with {@code +} and {@code /}. Padding may be absent; where present it must
   * be exactly right. No white space; unused bits of the last character must be zero (B64-READ).
   *
   * @throws MalformedBase64Exception for any other text
   */
  public static byte[] decode(String text) throws MalformedBase64Exception {
    int end = text.length();
    while (end > 0 && end > text.length() - 2 && text.charAt(end - 1) == '=') {
      end--;
    }
    if (end < text.length() && text.length() % 4 != 0) {
      throw new MalformedBase64Exception("wrong padding", text.length());
    }
    return decodeUnpadded(text.substring(0, end), text.length());
  }

  /**
   * As {@link #decode}, but refuses padding: the form of Megolm session keys (B64-NOPAD).
   *
   * @throws MalformedBase64Exception for any other text
   */
  public static byte[] decodeUnpadded(String text) throws MalformedBase64Exception {
    return decodeUnpadded(text, text.length());
  }

  /**
   * As {@link #decode}, but also takes the URL-safe characters {@code -} and {@code _}: what call
   * keys arrive in, as their senders disagree about the flavour (B64-ANY).
   *
   * @throws MalformedBase64Exception for any other text
   */
  public static byte[] decodeAnyAlphabet(String text) throws MalformedBase64Exception {
    return decode(text.replace('-', '+').replace('_', '/'));
  }

  private static byte[] decodeUnpadded(String text, int givenLength)
      throws MalformedBase64Exception {
    int tail = text.length() % 4;
    if (tail == 1) {
      throw new MalformedBase64Exception("impossible length", givenLength);
    }
    if (text.indexOf('=') >= 0) {
      throw new MalformedBase64Exception("unexpected padding", givenLength);
    }
    if (tail != 0) {
      int last = ALPHABET.indexOf(text.charAt(text.length() - 1));
      int unused = tail == 2 ? 0x0F : 0x03;
      if (last < 0 || (last & unused) != 0) {
        throw new MalformedBase64Exception("bad last character", givenLength);
      }
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedBase64Exception("character outside the alphabet", givenLength);
    }
  }
}
