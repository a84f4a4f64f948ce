package io.matrixrtc.testkit.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Carries out {@link LinkFaults}: items in, items and the time out. Holds no clock. Not
 * thread-safe.
 */
final class FaultyLink<T> {
  private final LinkFaults faults;
  private final SplittableRandom random;
  private final Deque<Timed<T>> delayed = new ArrayDeque<>();
  private final List<Overtaken<T>> heldBack = new ArrayList<>();
  private long lastDue = Long.MIN_VALUE;
  private long dropped;

  private record Timed<T>(T item, long due, int overtakers) {}

  private static final class Overtaken<T> {
    final T item;
    final long latest;
    int overtakers;

    Overtaken(T item, int overtakers, long latest) {
      this.item = item;
      this.overtakers = overtakers;
      this.latest = latest;
    }
  }

  FaultyLink(LinkFaults faults) {
    this.faults = faults;
    this.random = new SplittableRandom(faults.seed());
  }

  /** Takes an item in at {@code nowNanos}. Every item draws the same number of random values. */
  void offer(T item, long nowNanos) {
    boolean drop = random.nextDouble() < faults.dropRate();
    long jitter = (long) (random.nextDouble() * faults.jitter().toNanos());
    boolean overtaken = random.nextDouble() < faults.reorderRate();
    int overtakers = 1 + random.nextInt(faults.reorderDepth());
    if (drop) {
      dropped++;
      return;
    }
    lastDue = Math.max(lastDue, nowNanos + faults.delay().toNanos() + jitter);
    delayed.add(new Timed<>(item, lastDue, overtaken ? overtakers : 0));
  }

  /** Gives out everything that is to arrive by {@code nowNanos}, in the order of arrival. */
  void release(long nowNanos, Consumer<T> arrived) {
    while (!delayed.isEmpty() && delayed.peek().due() - nowNanos <= 0) {
      Timed<T> next = delayed.remove();
      if (next.overtakers() > 0) {
        long latest = nowNanos + LinkFaults.MAX_REORDER_HOLD.toNanos();
        heldBack.add(new Overtaken<>(next.item(), next.overtakers(), latest));
      } else {
        arrived.accept(next.item());
        overtake(arrived);
      }
    }
    Iterator<Overtaken<T>> held = heldBack.iterator();
    while (held.hasNext()) {
      Overtaken<T> next = held.next();
      if (next.latest - nowNanos <= 0) {
        held.remove();
        arrived.accept(next.item);
      }
    }
  }

  private void overtake(Consumer<T> arrived) {
    Iterator<Overtaken<T>> held = heldBack.iterator();
    while (held.hasNext()) {
      Overtaken<T> next = held.next();
      if (--next.overtakers == 0) {
        held.remove();
        arrived.accept(next.item);
      }
    }
  }

  /** Nanoseconds until {@link #release} may have something; {@code Long.MAX_VALUE} for never. */
  long nanosToNext(long nowNanos) {
    long least = Long.MAX_VALUE;
    if (!delayed.isEmpty()) {
      least = delayed.peek().due() - nowNanos;
    }
    for (Overtaken<T> held : heldBack) {
      least = Math.min(least, held.latest - nowNanos);
    }
    return least;
  }

  int size() {
    return delayed.size() + heldBack.size();
  }

  long dropped() {
    return dropped;
  }

  /** Gives out all that is left, in order: the faults end. */
  void flush(Consumer<T> arrived) {
    while (!delayed.isEmpty()) {
      arrived.accept(delayed.remove().item());
    }
    heldBack.forEach(held -> arrived.accept(held.item));
    heldBack.clear();
  }
}
