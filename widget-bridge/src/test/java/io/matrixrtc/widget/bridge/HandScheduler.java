package io.matrixrtc.widget.bridge;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs tasks at once, and timers when told that time has passed. */
final class HandScheduler implements SerialScheduler {
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final List<Map.Entry<Instant, Runnable>> timers = new ArrayList<>();

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public Timer schedule(Instant at, Runnable task) {
    Map.Entry<Instant, Runnable> timer = Map.entry(at, task);
    timers.add(timer);
    return () -> timers.removeIf(other -> other == timer);
  }

  int timers() {
    return timers.size();
  }

  void passes(Duration time) {
    now = now.plus(time);
    for (Map.Entry<Instant, Runnable> timer : List.copyOf(timers)) {
      if (!timer.getKey().isAfter(now) && timers.remove(timer)) {
        timer.getValue().run();
      }
    }
  }
}
