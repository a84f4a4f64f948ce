package io.matrixrtc.session;

import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.VirtualTime;
import java.time.Duration;
import java.time.Instant;

/** A device's executor, whose wall clock can be set. Timers run by real time, as on a machine. */
final class JumpyScheduler implements SerialScheduler {
  private final VirtualTime time;
  private Duration offset = Duration.ZERO;

  JumpyScheduler(VirtualTime time) {
    this.time = time;
  }

  void jump(Duration by) {
    offset = offset.plus(by);
  }

  @Override
  public Instant now() {
    return time.now().plus(offset);
  }

  @Override
  public void execute(Runnable task) {
    time.execute(task);
  }

  @Override
  public Timer schedule(Instant at, Runnable task) {
    Duration wait = Duration.between(now(), at);
    return time.schedule(time.now().plus(wait.isNegative() ? Duration.ZERO : wait), task);
  }
}
