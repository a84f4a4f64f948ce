package io.matrixrtc.homeserver.http;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Listens again on a port that was just given up. Somebody who asked the system for any free port
 * may have been given this one meanwhile, most often for a moment.
 */
public final class PortReturn {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private PortReturn() {}

  /** One try to listen; leaves nothing behind if it fails. */
  @FunctionalInterface
  public interface Attempt<T> {
    T listen() throws BindFailed;
  }

  /**
   * Tries until it works; blocks for 20 s at most.
   *
   * @throws BindFailed of the last try
   */
  public static <T> T await(Attempt<T> attempt) throws BindFailed {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return attempt.listen();
      } catch (BindFailed e) {
        if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
