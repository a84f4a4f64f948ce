package io.matrixrtc.testkit.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to one connection. When it is full, the publishers wait (back-pressure)
 * instead of losing frames; when the connection then takes nothing for {@link #STALL_SECONDS}
 * seconds, it has stalled and is given up, so that one dead receiver cannot silence a call.
 */
final class OutboundQueue {
  /** Most frames that wait for one connection. */
  static final int MAX_FRAMES = 2048;

  /** Most bytes that wait for one connection, unless a single frame is larger. */
  static final long MAX_BYTES = 8 << 20;

  /** Most messages, those about members included. */
  static final int MAX_MESSAGES = 2 * MAX_FRAMES;

  static final long STALL_SECONDS = 5;

  private final Deque<byte[]> ready = new ArrayDeque<>();
  private @Nullable FaultyLink<byte[]> faults;
  private int frames;
  private long bytes;
  private long droppedBefore;
  private long taken;
  private boolean closed;

  /**
   * Adds a frame; waits while the queue is full.
   *
   * @return false if the connection stalled
   */
  synchronized boolean offerFrame(byte[] message) throws InterruptedException {
    long seen = taken;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STALL_SECONDS);
    while (!closed
        && (frames >= MAX_FRAMES || (frames > 0 && bytes + message.length > MAX_BYTES))) {
      if (taken != seen) {
        seen = taken;
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STALL_SECONDS);
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    if (closed) {
      return true;
    }
    FaultyLink<byte[]> link = faults;
    long droppedSoFar = link == null ? 0 : link.dropped();
    if (link == null) {
      ready.add(message);
    } else {
      link.offer(message, System.nanoTime());
    }
    if (link == null || link.dropped() == droppedSoFar) {
      bytes += message.length;
    }
    recount();
    notifyAll();
    return true;
  }

  /**
   * Adds a message about members, without waiting.
   *
   * @return false if there is no room even for that
   */
  synchronized boolean offerNotice(byte[] message) {
    if (ready.size() >= MAX_MESSAGES) {
      return false;
    }
    ready.add(message);
    bytes += message.length;
    recount();
    notifyAll();
    return true;
  }

  /** Takes the next message, waiting for it; null once the queue is closed and empty. */
  synchronized byte @Nullable [] take() throws InterruptedException {
    while (true) {
      FaultyLink<byte[]> link = faults;
      if (link != null) {
        link.release(System.nanoTime(), ready::add);
      }
      byte[] next = ready.poll();
      if (next != null) {
        bytes -= next.length;
        taken++;
        recount();
        notifyAll();
        return next;
      }
      if (closed) {
        return null;
      }
      long wait = link == null ? Long.MAX_VALUE : link.nanosToNext(System.nanoTime());
      if (wait == Long.MAX_VALUE) {
        wait();
      } else if (wait > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(wait, 1_000));
      }
    }
  }

  /** Sets or ends the faults; frames that an earlier fault delays arrive now. */
  synchronized void setFaults(@Nullable LinkFaults wanted) {
    if (faults != null) {
      faults.flush(ready::add);
      droppedBefore += faults.dropped();
    }
    faults = wanted == null ? null : new FaultyLink<>(wanted);
    notifyAll();
  }

  /** Frames lost to faults so far. */
  synchronized long dropped() {
    return droppedBefore + (faults == null ? 0 : faults.dropped());
  }

  /**
   * Lets {@link #take} give out what is ready and {@code last}, then end. Frames that a fault still
   * delays are lost.
   */
  synchronized void close(byte[] last) {
    if (!closed) {
      closed = true;
      ready.add(last);
      notifyAll();
    }
  }

  private void recount() {
    frames = ready.size() + (faults == null ? 0 : faults.size());
  }
}
