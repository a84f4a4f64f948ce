package io.matrixrtc.testkit.agent;

import io.matrixrtc.testkit.relay.RelayedFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Frames of one track whose key is not here yet, in order: a key and the first frames under it take
 * different ways, and a recorder wants them all. Bounded in number and age. Confined to one thread
 * at a time.
 */
final class HeldFrames {
  /** As many frames are held; the oldest goes. */
  static final int MAX_FRAMES = 4096;

  /** A frame of this age on the wall clock is given up. */
  static final Duration MAX_AGE = Duration.ofSeconds(3);

  private final Deque<Held> frames = new ArrayDeque<>();
  private final Consumer<RelayedFrame> givenUp;

  private record Held(RelayedFrame frame, Instant until) {}

  /**
   * @param givenUp told of frames that will not be tried again
   */
  HeldFrames(Consumer<RelayedFrame> givenUp) {
    this.givenUp = givenUp;
  }

  int size() {
    return frames.size();
  }

  /**
   * Holds a frame.
   *
   * @param maxAge {@link #MAX_AGE} in the time of {@code now}
   */
  void hold(RelayedFrame frame, Instant now, Duration maxAge) {
    expire(now);
    frames.addLast(new Held(frame, now.plus(maxAge)));
    if (frames.size() > MAX_FRAMES) {
      giveUpFirst();
    }
  }

  /** Gives up what has waited too long. */
  void expire(Instant now) {
    while (!frames.isEmpty() && !now.isBefore(frames.getFirst().until())) {
      giveUpFirst();
    }
  }

  /**
   * Tries each frame again, in order. Those before one that {@code opens} are overtaken and given
   * up; those after the last one go on waiting.
   */
  void retry(Predicate<RelayedFrame> opens) {
    int overtaken = 0;
    for (Held held : frames.toArray(new Held[0])) {
      if (opens.test(held.frame())) {
        for (; overtaken > 0; overtaken--) {
          giveUpFirst();
        }
        frames.removeFirst();
      } else {
        overtaken++;
      }
    }
  }

  /** Gives up all. */
  void clear() {
    while (!frames.isEmpty()) {
      giveUpFirst();
    }
  }

  private void giveUpFirst() {
    givenUp.accept(frames.removeFirst().frame());
  }
}
