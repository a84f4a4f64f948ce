package io.matrixrtc.client;

import java.util.Optional;

/** The secret that stands for a login. Its text never shows in {@code toString} (SECRETS). */
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
    if (!isUsable(text)) {
      throw new IllegalArgumentException("access token: want visible ASCII without spaces");
    }
    return new AccessToken(text);
  }

  /** Returns the token of {@code text}, or nothing where {@link #of} would throw. */
  static Optional<AccessToken> parse(String text) {
    return isUsable(text) ? Optional.of(new AccessToken(text)) : Optional.empty();
  }

  private static boolean isUsable(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
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
