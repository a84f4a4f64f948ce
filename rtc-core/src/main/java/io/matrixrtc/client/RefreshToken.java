package io.matrixrtc.client;

/**
 * The secret that an access token is renewed with. Its text never shows in {@code toString}
 * (SECRETS).
 */
public final class RefreshToken {
  private final String secret;

  private RefreshToken(String secret) {
    this.secret = secret;
  }

  /**
   * Returns the token of {@code text}.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static RefreshToken of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("refresh token: must not be empty");
    }
    return new RefreshToken(text);
  }

  /** The text itself, to store it or to send it. */
  public String reveal() {
    return secret;
  }

  @Override
  public String toString() {
    return "RefreshToken[…]";
  }
}
