package io.matrixrtc.testkit.media;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time of a scripted call: real time, or time that runs {@code speed} times as fast. Plays
 * clips and runs actions when they are due.
 *
 * <p>Everything runs on one thread of the clock, or of the scheduler that drives it, in order of
 * media time over all tracks. If that thread is late, it catches up at once; nothing is left out.
 * All processes of a call give the same start instant and so agree on the time as well as their
 * wall clocks do.
 *
 * <p>As an {@link InstantSource} it tells the time of day inside the call, so that protocol timers
 * run as fast as the media. Safe for many threads; actions must not block for long.
 */
public final class MediaClock implements InstantSource, AutoCloseable {
  /** Largest speed. */
  public static final double MAX_SPEED = 1000;

  private final Instant start;
  private final double speed;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final Timetable timetable;
  private final @Nullable Thread thread;
  private volatile boolean closed;

  private MediaClock(Instant start, double speed, LongSupplier nanoTime, long startNanos) {
    if (!(speed > 0 && speed <= MAX_SPEED)) {
      throw new IllegalArgumentException("media clock: want a speed in 0.." + MAX_SPEED);
    }
    this.start = start;
    this.speed = speed;
    this.nanoTime = nanoTime;
    this.startNanos = startNanos;
    this.timetable = new Timetable();
    Thread running = new Thread(this::run, "media-clock");
    this.thread = running;
    running.setDaemon(true);
    running.start();
  }

  private MediaClock(SerialScheduler timers, Instant start) {
    this.start = start;
    this.speed = 1;
    this.nanoTime = () -> Duration.between(start, timers.now()).toNanos();
    this.startNanos = 0;
    this.thread = null;
    this.timetable = new Timetable(due -> timers.schedule(start.plus(due), this::runNext));
  }

  /**
   * A clock without a thread: its time is that of {@code timers}, where actions run, too. For
   * virtual time.
   *
   * @param start when its media time is zero
   */
  public static MediaClock driven(SerialScheduler timers, Instant start) {
    return new MediaClock(timers, start);
  }

  /** A clock whose media time is zero now. */
  public static MediaClock startNow(double speed) {
    return startingAt(Instant.now(), speed);
  }

  /**
   * A clock whose media time is, or was, zero at the wall clock's {@code start}. Before that its
   * time is negative.
   */
  public static MediaClock startingAt(Instant start, double speed) {
    long nanos = System.nanoTime() - Duration.between(start, Instant.now()).toNanos();
    return new MediaClock(start, speed, System::nanoTime, nanos);
  }

  /** For tests: a clock on another source of nanoseconds, which reads zero media time now. */
  static MediaClock on(LongSupplier nanoTime, Instant start, double speed) {
    return new MediaClock(start, speed, nanoTime, nanoTime.getAsLong());
  }

  /** Media time since the start. */
  public Duration elapsed() {
    return Duration.ofNanos(Math.round((nanoTime.getAsLong() - startNanos) * speed));
  }

  /** The time of day inside the call: the start plus the media time. */
  @Override
  public Instant instant() {
    return start.plus(elapsed());
  }

  /** When media time was zero, by the wall clock. */
  public Instant start() {
    return start;
  }

  /** How many seconds of media pass in one second. */
  public double speed() {
    return speed;
  }

  /** How long a piece of media time takes on the wall clock. */
  public Duration wallTime(Duration mediaTime) {
    return Duration.ofNanos(Math.round(mediaTime.toNanos() / speed));
  }

  /**
   * Runs an action once at a media time, at once if that has passed. An exception of the action
   * completes the returned future; cancelling the future before the time takes the action out.
   */
  public CompletableFuture<@Nullable Void> at(Duration mediaTime, Runnable action) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    if (closed) {
      done.cancel(false);
      return done;
    }
    Timetable.Entry entry =
        timetable.add(
            mediaTime,
            () -> {
              try {
                action.run();
                done.complete(null);
              } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
              }
            },
            () -> done.cancel(false));
    var unused = done.whenComplete((ok, error) -> timetable.remove(entry));
    return done;
  }

  /** Like {@link #at}, a piece of media time from now. */
  public CompletableFuture<@Nullable Void> after(Duration mediaTime, Runnable action) {
    return at(elapsed().plus(mediaTime), action);
  }

  /**
   * Plays a clip in a loop from a media time until the playback is closed.
   *
   * @param sink is given each frame when it is due, in order
   */
  public Playback play(Clip clip, Duration from, Playback.FrameSink sink) {
    Playback playback = new Playback(clip, sink, this::elapsed, timetable);
    playback.begin(from);
    return playback;
  }

  /** There is a timer for each entry, so that one of them is enough for each. */
  private void runNext() {
    Timetable.Entry due = closed ? null : timetable.takeDue(elapsed());
    if (due != null) {
      due.run();
    }
  }

  private void run() {
    try {
      while (!closed) {
        Timetable.Entry due = timetable.takeDue(elapsed());
        if (due != null) {
          due.run();
          continue;
        }
        Duration next = timetable.nextDue();
        long wait =
            next == null ? Long.MAX_VALUE / 2 : wallTime(next.minus(elapsed())).toNanos() + 1;
        timetable.awaitEarlier(next, Math.min(wait, 1_000_000_000L));
      }
    } catch (InterruptedException e) {
      // close() asks for it; the thread ends.
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all playbacks and cancels all actions that were to come. Idempotent. */
  @Override
  public void close() {
    closed = true;
    timetable.clear();
    if (thread != null) {
      thread.interrupt();
    }
  }
}
