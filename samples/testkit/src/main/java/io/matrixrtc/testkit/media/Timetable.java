package io.matrixrtc.testkit.media;

import java.time.Duration;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Actions and the media time at which each is due, given out in order of time and, at equal times,
 * of entry. Holds no clock. Safe for many threads.
 */
final class Timetable {
  private final PriorityQueue<Entry> entries = new PriorityQueue<>();
  private final Consumer<Duration> onEntry;
  private long entered;

  Timetable() {
    this(due -> {});
  }

  /**
   * @param onEntry told of each new entry, for clocks that nobody waits for
   */
  Timetable(Consumer<Duration> onEntry) {
    this.onEntry = onEntry;
  }

  /** One line of the timetable. */
  static final class Entry implements Comparable<Entry> {
    private final Duration due;
    private final long order;
    private final Runnable action;
    private final Runnable dropped;

    private Entry(Duration due, long order, Runnable action, Runnable dropped) {
      this.due = due;
      this.order = order;
      this.action = action;
      this.dropped = dropped;
    }

    Duration due() {
      return due;
    }

    void run() {
      action.run();
    }

    @Override
    public int compareTo(Entry other) {
      int byTime = due.compareTo(other.due);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(order);
    }
  }

  /** Enters an action; wakes whoever waits. {@code dropped} runs instead if it is cleared. */
  Entry add(Duration due, Runnable action, Runnable dropped) {
    Entry entry;
    synchronized (this) {
      entry = new Entry(due, entered++, action, dropped);
      entries.add(entry);
      notifyAll();
    }
    onEntry.accept(due);
    return entry;
  }

  /** Takes an entry out again. Returns whether it was still there. */
  synchronized boolean remove(Entry entry) {
    return entries.remove(entry);
  }

  /** Takes the next entry out if it is due at {@code now}; however late, none is skipped. */
  synchronized @Nullable Entry takeDue(Duration now) {
    Entry next = entries.peek();
    return next != null && next.due.compareTo(now) <= 0 ? entries.poll() : null;
  }

  /** When the next entry is due, or null if there is none. */
  synchronized @Nullable Duration nextDue() {
    Entry next = entries.peek();
    return next == null ? null : next.due;
  }

  /** Waits at most {@code nanos} for a new entry that is due before {@code before}. */
  synchronized void awaitEarlier(@Nullable Duration before, long nanos)
      throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    long left = nanos;
    while (left > 0 && !isEarlier(nextDue(), before)) {
      wait(left / 1_000_000, (int) (left % 1_000_000));
      left = deadline - System.nanoTime();
    }
  }

  private static boolean isEarlier(@Nullable Duration next, @Nullable Duration before) {
    return next != null && (before == null || next.compareTo(before) < 0);
  }

  /** Takes all entries out and tells each that it will not run. */
  void clear() {
    List<Entry> left;
    synchronized (this) {
      left = List.copyOf(entries);
      entries.clear();
      notifyAll();
    }
    left.forEach(entry -> entry.dropped.run());
  }
}
