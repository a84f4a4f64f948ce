package io.matrixrtc.testkit.media;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A clip that is being played in a loop. Pausing it (a muted microphone) stops it where it is;
 * resuming goes on with the next frame, so that pauses lose no frame of the clip. Safe for many
 * threads.
 */
public final class Playback implements AutoCloseable {
  private final Clip clip;
  private final FrameSink sink;
  private final Supplier<Duration> elapsed;
  private final Timetable timetable;
  private final CompletableFuture<Long> ended = new CompletableFuture<>();

  /** Media time at which the clip's first frame of the first loop was, or would have been, due. */
  private Duration origin = Duration.ZERO;

  private long sequence;
  private Timetable.@Nullable Entry next;

  /**
   * Tells an entry that was taken out of the timetable just before a pause from the one after it.
   */
  private long turn;

  private boolean paused;
  private boolean closed;

  /** Takes frames on the clock's thread. */
  @FunctionalInterface
  public interface FrameSink {
    void onFrame(PlayedFrame frame);
  }

  /**
   * A frame at the moment it is due.
   *
   * @param sequence counts the frames of this playback from 0, through all loops
   * @param due media time since the clock's start; what RTP timestamps are made of
   * @param frame the clip's frame, number {@code sequence} modulo the clip's frame count
   */
  public record PlayedFrame(long sequence, Duration due, EncodedFrame frame) {}

  Playback(Clip clip, FrameSink sink, Supplier<Duration> elapsed, Timetable timetable) {
    this.clip = clip;
    this.sink = sink;
    this.elapsed = elapsed;
    this.timetable = timetable;
  }

  synchronized void begin(Duration from) {
    origin = from;
    enterNext();
  }

  /** Sends nothing until {@link #resume}. */
  public synchronized void pause() {
    if (!paused && !closed) {
      paused = true;
      withdraw();
    }
  }

  /** Goes on with the frame after the last one sent, now. */
  public synchronized void resume() {
    if (paused && !closed) {
      paused = false;
      origin = elapsed.get().minus(clipTime(sequence));
      enterNext();
    }
  }

  /**
   * The frame that the sink was given last was of no use: it is given again after some media time,
   * and the clip goes on from there. To be called by the sink, from within.
   */
  public synchronized void repeat(Duration after) {
    if (closed || sequence == 0) {
      return;
    }
    sequence--;
    if (!paused) {
      withdraw();
      origin = elapsed.get().plus(after).minus(clipTime(sequence));
      enterNext();
    }
  }

  /** Frames given to the sink so far. */
  public synchronized long played() {
    return sequence;
  }

  /** Completes with the number of frames played when closed, or with what the sink threw. */
  public CompletionStage<Long> ended() {
    return ended;
  }

  /** Ends it. A frame being handed over at this moment may still arrive. Idempotent. */
  @Override
  public void close() {
    long played;
    synchronized (this) {
      closed = true;
      withdraw();
      played = sequence;
    }
    ended.complete(played);
  }

  private void playNext(long myTurn) {
    PlayedFrame frame;
    synchronized (this) {
      if (myTurn != turn) {
        return;
      }
      int number = (int) (sequence % clip.frames().size());
      frame = new PlayedFrame(sequence, due(), clip.frames().get(number));
      sequence++;
      enterNext();
    }
    try {
      sink.onFrame(frame);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
      close();
    }
  }

  private void enterNext() {
    long myTurn = ++turn;
    next = timetable.add(due(), () -> playNext(myTurn), this::close);
  }

  private void withdraw() {
    turn++;
    if (next != null) {
      timetable.remove(next);
      next = null;
    }
  }

  private Duration due() {
    return origin.plus(clipTime(sequence));
  }

  private Duration clipTime(long ofSequence) {
    int frames = clip.frames().size();
    Duration inClip = clip.frames().get((int) (ofSequence % frames)).mediaTime();
    return clip.length().multipliedBy(ofSequence / frames).plus(inClip);
  }
}
