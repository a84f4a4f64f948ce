package io.matrixrtc.client;

/** The secret that stands for a login. Its text never shows in {@code toString}. */
public final class AccessToken {
  private final String secret;

  private AccessToken(String secret) {
    this.secret = secret;
  }

  /**
   * Returns the token of {@code text}.
   *
   * @throws IllegalArgumentException if it cannot stand in an HTTP header
   */
  public static AccessToken of(String text) {
    if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c >= 0x7F)) {
      throw new IllegalArgumentException("access token: want visible ASCII without spaces");
    }
    return new AccessToken(text);
  }

  /** The text itself, to store it or to send it. */
  public String reveal() {
    return secret;
  }

  @Override
  public String toString() {
    return "AccessToken[…]";
  }
}
