package io.matrixrtc.testkit.relay;

/**
 * Hears what a relay says. Called on the client's reading thread, one call at a time; a slow
 * listener slows the relay down (see {@link RelayClient}).
 */
public interface RelayListener {
  /** A frame of another member. */
  void onFrame(RelayedFrame frame);

  /** Another member is there; also called for those that were there before. */
  default void onJoined(String identity) {}

  /** Another member is gone. */
  default void onLeft(String identity) {}

  /** The last call. {@link CloseReason#LEFT} if this side closed it or the relay vanished. */
  default void onClosed(CloseReason reason) {}
}
