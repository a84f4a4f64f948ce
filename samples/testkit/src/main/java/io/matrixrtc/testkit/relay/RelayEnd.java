package io.matrixrtc.testkit.relay;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The relay's end of a line: what it knows of one member or tap. Safe for many threads. */
interface RelayEnd {
  /** Empty until it has said who it is. */
  String identity();

  /** Whether it hears the others. */
  boolean hasEntered();

  /** From now on it hears the others. */
  void entered();

  /** Sets or ends the faults on the way to it. */
  void setFaults(@Nullable LinkFaults faults);

  /** Frames lost to faults so far. */
  long dropped();

  /** News of who comes and goes. */
  void notice(RelayMessage news);

  /**
   * Passes a frame on; may wait while it takes no more.
   *
   * @param encoded the message as it goes over a socket, made once for all who need it
   */
  void frame(RelayedFrame frame, Supplier<byte[]> encoded) throws InterruptedException;

  /** Begins to close; the first reason given counts. */
  void close(CloseReason why);

  /** Waits a little until it has ended. */
  void awaitEnd();
}
