package io.matrixrtc.token;

/**
 * How many requests are taken: of one client address {@code burst} at once, refilled by {@code
 * perSecond}; of all clients {@code underWay} at a time.
 *
 * @param perSecond positive, or 0 for no limit
 * @param burst at least 1
 * @param underWay at least 1
 */
public record RateLimit(double perSecond, int burst, int underWay) {
  /** How many requests may be under way if nothing else is said. */
  public static final int UNDER_WAY = 512;

  /** 20 a second, 200 at once: many people of one office behind one address. */
  public static final RateLimit DEFAULT = new RateLimit(20, 200);

  /** No limit. */
  public static final RateLimit NONE = new RateLimit(0, 1);

  public RateLimit {
    if (!(perSecond >= 0) || Double.isInfinite(perSecond) || burst < 1 || underWay < 1) {
      throw new IllegalArgumentException(
          "rate limit: want 0 or more a second, and 1 or more at once");
    }
  }

  /** With the usual number of requests under way. */
  public RateLimit(double perSecond, int burst) {
    this(perSecond, burst, UNDER_WAY);
  }
}
