package io.matrixrtc.homeserver.api;

import io.matrixrtc.homeserver.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that moves only when the test says so. */
public final class ManualTime implements TimeSource {
  private record Pending(Instant at, Runnable task) {}

  private final List<Pending> pending = new ArrayList<>();
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized Alarm after(Duration delay, Runnable task) {
    Pending alarm = new Pending(now.plus(delay), task);
    pending.add(alarm);
    return () -> cancel(alarm);
  }

  private synchronized void cancel(Pending alarm) {
    pending.remove(alarm);
  }

  /** Alarms that have not gone off. */
  public synchronized int alarms() {
    return pending.size();
  }

  public void advance(Duration by) {
    List<Pending> due = new ArrayList<>();
    synchronized (this) {
      now = now.plus(by);
      pending.stream()
          .filter(alarm -> !alarm.at().isAfter(now))
          .sorted(Comparator.comparing(Pending::at))
          .forEach(due::add);
      pending.removeAll(due);
    }
    due.forEach(alarm -> alarm.task().run());
  }
}
