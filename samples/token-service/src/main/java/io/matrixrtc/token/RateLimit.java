package io.matrixrtc.token;

/**
 * How many requests one client address may send: {@code burst} at once, refilled by {@code
 * perSecond}.
 *
 * @param perSecond positive, or 0 for no limit
 * @param burst at least 1
 */
public record RateLimit(double perSecond, int burst) {
  /** 20 a second, 200 at once: many people of one office behind one address. */
  public static final RateLimit DEFAULT = new RateLimit(20, 200);

  /** No limit. */
  public static final RateLimit NONE = new RateLimit(0, 1);

  public RateLimit {
    if (!(perSecond >= 0) || Double.isInfinite(perSecond) || burst < 1) {
      throw new IllegalArgumentException("rate limit: want 0 or more a second and a burst of 1");
    }
  }
}
