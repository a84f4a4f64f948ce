package io.matrixrtc.testkit.agent;

import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.RotationPlan;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Turns key events into trace events, which know fingerprints. */
public final class KeyTraces {
  /** The reason in {@link TraceEvent.KeyMade} of a key that was made because somebody left. */
  public static final String MEMBER_LEFT = "a member left";

  /** The reason in {@link TraceEvent.KeyMade} of the first key of a join. */
  public static final String FIRST_KEY = "first key";

  private final String self;
  private final KeyLog keyLog;
  private final Consumer<TraceEvent> trace;
  private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();

  private record Waiter(Runnable look, CompletableFuture<Void> until) {}

  KeyTraces(String self, KeyLog keyLog, Consumer<TraceEvent> trace) {
    this.self = self;
    this.keyLog = keyLog;
    this.trace = trace;
  }

  /** Calls {@code look} now and after each key event until {@code until} is complete. */
  void onEachEvent(Runnable look, CompletableFuture<Void> until) {
    waiters.add(new Waiter(look, until));
    look.run();
  }

  void onKeyEvent(KeyEvent event) {
    if (event instanceof KeyEvent.RotationStarted started) {
      KeyRef key = keyLog.ownKeyIs(self, started.index());
      trace.accept(new TraceEvent.KeyMade(key, reason(started.cause())));
    } else if (event instanceof KeyEvent.KeyServed served) {
      KeyRef key = keyLog.find(self, served.index().value());
      if (key != null) {
        served
            .members()
            .forEach(to -> trace.accept(new TraceEvent.KeyServed(key, to.mediaIdentity())));
      }
    } else if (event instanceof KeyEvent.KeyNotServed failed) {
      KeyRef key = keyLog.find(self, failed.index().value());
      if (key != null) {
        trace.accept(
            new TraceEvent.KeyNotServed(
                key,
                failed.member().mediaIdentity(),
                failed.failure().reason() + ": " + failed.failure().detail()));
      }
    } else if (event instanceof KeyEvent.KeyRefused refused) {
      trace.accept(
          new TraceEvent.KeyRefused(
              self,
              refused.refusal().from().toString(),
              -1,
              refused.refusal().getClass().getSimpleName()));
    }
    waiters.removeIf(waiter -> waiter.until().isDone());
    waiters.forEach(waiter -> waiter.look().run());
  }

  private static String reason(RotationPlan.Cause cause) {
    return switch (cause) {
      case FIRST_KEY -> FIRST_KEY;
      case MEMBER_LEFT -> MEMBER_LEFT;
      case MEMBER_JOINED -> "a member joined";
      case KEY_AGED -> "the key is old";
    };
  }
}
