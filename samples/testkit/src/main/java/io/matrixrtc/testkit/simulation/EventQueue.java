package io.matrixrtc.testkit.simulation;

import java.util.PriorityQueue;

/** Things to come, in order of time and, at one time, of arrival. Times in microseconds. */
final class EventQueue {
  private final PriorityQueue<Entry> entries = new PriorityQueue<>();
  private long now = Long.MIN_VALUE;
  private long order;

  private record Entry(long at, long order, Runnable run) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  long now() {
    return now;
  }

  /** Runs {@code task} at {@code at}, or next if that has passed. */
  void at(long at, Runnable task) {
    entries.add(new Entry(Math.max(at, now), order++, task));
  }

  /** Runs everything up to and including {@code until}. */
  void run(long until) {
    for (Entry next = entries.peek(); next != null && next.at <= until; next = entries.peek()) {
      entries.remove();
      now = next.at;
      next.run.run();
    }
    now = until;
  }
}
