package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Instant;

/** The scheduler of one process: once that is killed, nothing that it began goes on. */
final class MortalScheduler implements SerialScheduler {
  private final SerialScheduler time;
  private boolean dead;

  MortalScheduler(SerialScheduler time) {
    this.time = time;
  }

  void kill() {
    dead = true;
  }

  boolean isDead() {
    return dead;
  }

  private Runnable whileAlive(Runnable task) {
    return () -> {
      if (!dead) {
        task.run();
      }
    };
  }

  @Override
  public Instant now() {
    return time.now();
  }

  @Override
  public void execute(Runnable task) {
    time.execute(whileAlive(task));
  }

  @Override
  public Timer schedule(Instant at, Runnable task) {
    return time.schedule(at, whileAlive(task));
  }
}
