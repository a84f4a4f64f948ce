package io.matrixrtc.widget.bridge;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks a connection for a sign of life where none has come by itself (RELAY-ALIVE): a peer that
 * vanished without a word, or reads nothing any more, is noticed between one and two periods later.
 * Confined to its scheduler.
 */
final class Heartbeat {
  private final SerialScheduler scheduler;
  private final Duration period;
  private final Runnable ask;
  private final Runnable silent;
  private SerialScheduler.@Nullable Timer timer;
  private boolean heard = true;

  /**
   * @param ask sends what the peer must answer
   * @param silent told once, when nothing has come for a period after asking
   */
  Heartbeat(SerialScheduler scheduler, Duration period, Runnable ask, Runnable silent) {
    this.scheduler = scheduler;
    this.period = period;
    this.ask = ask;
    this.silent = silent;
  }

  void start() {
    timer = scheduler.schedule(scheduler.now().plus(period), this::onPeriod);
  }

  /** Something has come from the peer, an answer or anything else. */
  void heard() {
    heard = true;
  }

  private void onPeriod() {
    if (!heard) {
      silent.run();
      return;
    }
    heard = false;
    ask.run();
    start();
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }
}
