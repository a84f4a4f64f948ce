package io.matrixrtc.token;

/** A LiveKit API key with its secret, which nothing shows. Safe for many threads. */
public final class ApiKey {
  private final String key;
  private final String secret;

  private ApiKey(String key, String secret) {
    this.key = key;
    this.secret = secret;
  }

  /**
   * Returns the key {@code key} with its secret.
   *
   * @throws IllegalArgumentException if one of them is empty
   */
  public static ApiKey of(String key, String secret) {
    if (key.isEmpty() || secret.isEmpty()) {
      throw new IllegalArgumentException("want the key and the secret of the LiveKit API");
    }
    return new ApiKey(key, secret);
  }

  /** The name of the key: the issuer of tokens that it signs. */
  public String key() {
    return key;
  }

  /** The secret that signs. */
  String secret() {
    return secret;
  }

  /** Shows the name alone. */
  @Override
  public String toString() {
    return "ApiKey[" + key + "]";
  }
}
