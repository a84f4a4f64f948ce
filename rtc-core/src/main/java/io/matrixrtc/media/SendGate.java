package io.matrixrtc.media;

/**
 * Decides on the media thread whether a frame may be encrypted now; the hook for whoever rotates
 * keys to learn of the first frame and to keep frames back while a new key is delivered.
 */
@FunctionalInterface
public interface SendGate {
  /** Lets every frame through. */
  SendGate OPEN = () -> true;

  /**
   * Asked once for each frame that is about to be encrypted, before the key is read, from any media
   * thread. Must neither block nor allocate.
   *
   * @return false to drop the frame as {@link FrameStatus#HELD}
   */
  boolean admit();

  /**
   * Told before {@link #admit} that it is asked for a data packet, from any thread. Must neither
   * block nor allocate.
   */
  default void onDataPacket() {}
}
