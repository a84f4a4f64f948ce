package io.matrixrtc.media;

/** Something encrypted that a {@link Trial} opens. */
interface Sealed {
  /** Decrypts to {@code out}; false, with nothing changed, if not authentic under {@code key}. */
  boolean open(FrameCipher cipher, FrameKey key, byte[] out, int outOff);

  /** Whether livekit-client would open it one ratchet step on. */
  boolean opensOneStepOn();
}
