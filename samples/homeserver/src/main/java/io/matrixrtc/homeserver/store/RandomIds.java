package io.matrixrtc.homeserver.store;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes the random names that the server gives: tokens, devices, rooms, sessions. */
public final class RandomIds {
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final int TOKEN_BYTES = 32;

  private final SecureRandom random = new SecureRandom();

  /** A secret of 256 bits, letters and digits and {@code -_}. */
  public String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Capital letters. */
  public String letters(int length) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < length; i++) {
      letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return letters.toString();
  }
}
