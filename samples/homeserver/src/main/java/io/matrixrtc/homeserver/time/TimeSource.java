package io.matrixrtc.homeserver.time;

import java.time.Duration;
import java.time.InstantSource;

/** The server's clock and alarms. Injected, so that tests hold the time. */
public interface TimeSource extends InstantSource {
  /** Stops an alarm that has not gone off; harmless afterwards. */
  @FunctionalInterface
  interface Alarm {
    void cancel();
  }

  /** Runs {@code task} once, on any thread, when {@code delay} has passed. */
  Alarm after(Duration delay, Runnable task);
}
