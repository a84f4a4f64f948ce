package io.matrixrtc.media;

/** Where IVs come from: the key's frame numbers, except for vectors that prescribe them. */
@FunctionalInterface
interface IvSource {
  /** The only source outside tests (KEY-IV). */
  IvSource FRAME_NUMBERS = (slot, iv) -> slot.frameNumbers().next(iv);

  /**
   * Writes 12 bytes that were never used with this key.
   *
   * @return false if there is none left
   */
  boolean next(KeySlot slot, byte[] iv);
}
