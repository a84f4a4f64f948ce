package io.matrixrtc.testkit.trace;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Puts the time on events and keeps them. Safe for many threads. */
public final class TraceRecorder {
  /** Most events that are kept; what comes after them is counted in {@link #lost}. */
  public static final int MAX_ENTRIES = 1_000_000;

  private final InstantSource clock;
  private final Instant start;
  private final List<TraceEntry> entries = new ArrayList<>();
  private final List<Consumer<TraceEntry>> listeners = new CopyOnWriteArrayList<>();
  private long lost;

  /**
   * @param clock tells the time of day inside the call
   * @param start when the call's time was zero
   */
  public TraceRecorder(InstantSource clock, Instant start) {
    this.clock = clock;
    this.start = start;
  }

  /** Records an event now. Listeners are called before this returns, in the order of the events. */
  public synchronized void record(TraceEvent event) {
    Instant now = clock.instant();
    add(new TraceEntry(now, Duration.between(start, now).toMillis(), event));
  }

  /** Takes over an entry of another process, with its time. */
  public synchronized void add(TraceEntry entry) {
    if (entries.size() >= MAX_ENTRIES) {
      lost++;
      return;
    }
    entries.add(entry);
    listeners.forEach(listener -> listener.accept(entry));
  }

  /** Calls {@code listener} for each event from now on; it must be quick and must not record. */
  public void listen(Consumer<TraceEntry> listener) {
    listeners.add(listener);
  }

  /** What was recorded so far. */
  public synchronized Trace trace() {
    return new Trace(entries);
  }

  /** Events that were not kept. */
  public synchronized long lost() {
    return lost;
  }
}
