package io.matrixrtc.testkit.relay;

import java.io.IOException;

/** A member's line to a {@link FrameRelay}. Safe for many threads. */
public interface RelayLine extends AutoCloseable {
  /**
   * Sends a frame to all others.
   *
   * @throws IOException if the line is closed
   */
  void publish(PublishedFrame frame) throws IOException;

  /** Leaves. The listener hears no more frames. Idempotent. */
  @Override
  void close();
}
