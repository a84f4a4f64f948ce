package io.matrixrtc.testkit;

import io.matrixrtc.testkit.time.ScriptTime;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * What the trace has told so far, in a form that expectations can be asked of. Fed from any thread;
 * {@link #await} wakes with each event and never polls.
 */
public final class CallView {
  private final List<TraceEntry> entries = new ArrayList<>();
  private final Map<String, KeyRef> lastKeyMade = new HashMap<>();
  private final Map<String, TraceEntry> lastKeyUsed = new HashMap<>();
  private final Map<String, TraceEntry> lastReceived = new HashMap<>();
  private final Map<String, TraceEntry> lastHeard = new HashMap<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private final ScriptTime time;

  /** Somebody who waits in virtual time. */
  private record Waiter(BooleanSupplier condition, CompletableFuture<Boolean> met) {
    void look() {
      try {
        if (condition.getAsBoolean()) {
          met.complete(true);
        }
      } catch (RuntimeException | Error e) {
        met.completeExceptionally(e);
      }
    }
  }

  /** A view whose waiters wait in real time. */
  public CallView() {
    this(ScriptTime.REAL);
  }

  /** A view whose waiters wait in {@code time}. */
  public CallView(ScriptTime time) {
    this.time = time;
  }

  /** Takes the next event. */
  public synchronized void add(TraceEntry entry) {
    entries.add(entry);
    TraceEvent event = entry.event();
    if (event instanceof TraceEvent.KeyMade made) {
      lastKeyMade.put(made.key().owner(), made.key());
    } else if (event instanceof TraceEvent.KeyUsed used) {
      lastKeyUsed.put(used.key().owner(), entry);
    } else if (event instanceof TraceEvent.KeyReceived received) {
      lastReceived.put(pair(received.by(), received.key().owner()), entry);
    } else if (event instanceof TraceEvent.FirstFrameHeard heard) {
      lastHeard.put(pair(heard.listener(), heard.key().owner()), entry);
    }
    notifyAll();
    waiters.forEach(Waiter::look);
    waiters.removeIf(waiter -> waiter.met().isDone());
  }

  /** How many events there were: a mark that later events can be told from. */
  public synchronized int mark() {
    return entries.size();
  }

  /** The events since a mark. */
  public synchronized List<TraceEntry> since(int mark) {
    return List.copyOf(entries.subList(mark, entries.size()));
  }

  /** The newest key that a participant made, in use or not. */
  public synchronized Optional<KeyRef> newestKey(String owner) {
    return Optional.ofNullable(lastKeyMade.get(owner));
  }

  /** The key that a participant encrypts with, as far as frames have shown. */
  public synchronized Optional<KeyRef> keyInUse(String owner) {
    return Optional.ofNullable(lastKeyUsed.get(owner))
        .map(entry -> ((TraceEvent.KeyUsed) entry.event()).key());
  }

  /** When a participant began to use its current key. */
  public synchronized Optional<Instant> keyInUseSince(String owner) {
    return Optional.ofNullable(lastKeyUsed.get(owner)).map(TraceEntry::at);
  }

  /** The last key of {@code owner} that {@code by} took into its ring. */
  public synchronized Optional<KeyRef> lastReceived(String by, String owner) {
    return Optional.ofNullable(lastReceived.get(pair(by, owner)))
        .map(entry -> ((TraceEvent.KeyReceived) entry.event()).key());
  }

  /** The last key of {@code owner} under which {@code listener} decrypted a frame. */
  public synchronized Optional<KeyRef> lastHeard(String listener, String owner) {
    return Optional.ofNullable(lastHeard.get(pair(listener, owner)))
        .map(entry -> ((TraceEvent.FirstFrameHeard) entry.event()).key());
  }

  /**
   * Waits until a condition on this view holds.
   *
   * @return whether it did before the time was over
   */
  public boolean await(BooleanSupplier condition, Duration atMost) {
    return time == ScriptTime.REAL ? awaitReally(condition, atMost) : awaitEvent(condition, atMost);
  }

  /** The thread that adds an event looks for whoever waits: time stands still until it has. */
  private boolean awaitEvent(BooleanSupplier condition, Duration atMost) {
    Waiter waiter = new Waiter(condition, new CompletableFuture<>());
    synchronized (this) {
      if (condition.getAsBoolean()) {
        return true;
      }
      waiters.add(waiter);
    }
    try {
      return time.await(waiter.met(), atMost);
    } catch (TimeoutException e) {
      return condition.getAsBoolean();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException("interrupted while waiting", e);
    } catch (ExecutionException e) {
      throw new ScriptException("an expectation failed: " + e.getCause(), e);
    } finally {
      synchronized (this) {
        waiters.remove(waiter);
      }
    }
  }

  private synchronized boolean awaitReally(BooleanSupplier condition, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        wait(left / 1_000_000 + 1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ScriptException("interrupted while waiting", e);
      }
    }
    return true;
  }

  private static String pair(String listener, String sender) {
    return listener + " < " + sender;
  }
}
