package io.matrixrtc.keys;

/**
 * Frames of one member since it joined.
 *
 * @param ok decrypted
 * @param failed dropped, for want of a key or because they were not authentic
 */
public record FrameTally(long ok, long failed) {
  /** Nothing was counted. */
  public static final FrameTally NONE = new FrameTally(0, 0);
}
