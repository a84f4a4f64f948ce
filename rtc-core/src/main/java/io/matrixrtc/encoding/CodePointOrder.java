package io.matrixrtc.encoding;

import java.util.Comparator;

/**
 * Orders texts by Unicode code points, which is also the order of their UTF-8 bytes. {@link
 * String#compareTo} orders by UTF-16 units and so puts U+E000…U+FFFF after the supplementary
 * characters.
 */
final class CodePointOrder implements Comparator<String> {
  static final CodePointOrder INSTANCE = new CodePointOrder();

  private CodePointOrder() {}

  @Override
  public int compare(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return rank(x) - rank(y);
      }
    }
    return a.length() - b.length();
  }

  /** Lifts surrogates above all other units. */
  private static int rank(char unit) {
    return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
  }
}
