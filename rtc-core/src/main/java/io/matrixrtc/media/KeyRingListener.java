package io.matrixrtc.media;

/**
 * Told what a key ring learned from authentic frames. Called on the media thread that decrypted the
 * frame, or on the thread that changed the ring: must not block.
 */
public interface KeyRingListener {
  /** Ignores everything. */
  KeyRingListener NONE = new KeyRingListener() {};

  /** The first frame that this key authenticated since it was put into its slot. */
  default void onFirstAuthenticFrame(KeyIndex index, int generation) {}

  /** The slot's installed generation moved, by a frame or by a request. */
  default void onGeneration(KeyIndex index, int generation) {}
}
