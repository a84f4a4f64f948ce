package io.matrixrtc.testkit.relay;

import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of a line without a socket: what the relay has for the listener becomes tasks of a
 * scheduler, whose clock also times the link's faults. No back-pressure: those tasks wait for
 * nobody. Used on that scheduler, or while it stands still.
 */
final class LocalLine implements RelayEnd, RelayLine {
  private final FrameRelay relay;
  private final String identity;
  private final boolean tap;
  private final RelayListener listener;
  private final SerialScheduler tasks;
  private @Nullable FaultyLink<RelayedFrame> faults;
  private long droppedBefore;
  private Instant nextRelease = Instant.MAX;
  private int span = -1;
  private boolean entered;
  private boolean closed;

  LocalLine(
      FrameRelay relay,
      String identity,
      boolean tap,
      RelayListener listener,
      SerialScheduler tasks) {
    this.relay = relay;
    this.identity = identity;
    this.tap = tap;
    this.listener = listener;
    this.tasks = tasks;
  }

  /** Where it is on the tape. */
  void onTape(int line) {
    span = line;
  }

  @Override
  public void publish(PublishedFrame frame) throws IOException {
    if (closed || tap) {
      throw new IOException(closed ? "the line is closed" : "a tap cannot publish");
    }
    try {
      relay.forward(this, identity, frame);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    close(CloseReason.LEFT);
  }

  @Override
  public void close(CloseReason why) {
    if (!closed) {
      closed = true;
      relay.ended(this, span, why);
      tasks.execute(() -> listener.onClosed(why));
    }
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public boolean hasEntered() {
    return entered;
  }

  @Override
  public void entered() {
    entered = true;
  }

  @Override
  public void notice(RelayMessage news) {
    if (news instanceof RelayMessage.Welcome welcome) {
      welcome.members().forEach(member -> tell(() -> listener.onJoined(member)));
    } else if (news instanceof RelayMessage.Joined joined) {
      tell(() -> listener.onJoined(joined.identity()));
    } else if (news instanceof RelayMessage.Left left) {
      tell(() -> listener.onLeft(left.identity()));
    }
  }

  @Override
  public void frame(RelayedFrame frame, Supplier<byte[]> encoded) {
    FaultyLink<RelayedFrame> link = faults;
    if (link == null) {
      arrived(frame);
    } else {
      link.offer(frame, nanos());
      release(link);
    }
  }

  private void arrived(RelayedFrame frame) {
    tell(() -> listener.onFrame(frame));
  }

  private void tell(Runnable news) {
    tasks.execute(
        () -> {
          if (!closed) {
            news.run();
          }
        });
  }

  private void release(FaultyLink<RelayedFrame> link) {
    link.release(nanos(), this::arrived);
    long wait = link.nanosToNext(nanos());
    if (wait == Long.MAX_VALUE || closed) {
      return;
    }
    Instant at = tasks.now().plusNanos(wait);
    if (at.isBefore(nextRelease)) { // one timer for all that is on its way
      nextRelease = at;
      var unused = tasks.schedule(at, () -> releaseAt(at));
    }
  }

  private void releaseAt(Instant at) {
    if (at.equals(nextRelease)) {
      nextRelease = Instant.MAX;
    }
    FaultyLink<RelayedFrame> link = faults;
    if (link != null && !closed) {
      release(link);
    }
  }

  private long nanos() {
    return Duration.between(Instant.EPOCH, tasks.now()).toNanos();
  }

  @Override
  public void setFaults(@Nullable LinkFaults wanted) {
    FaultyLink<RelayedFrame> before = faults;
    if (before != null) {
      before.flush(this::arrived);
      droppedBefore += before.dropped();
    }
    faults = wanted == null ? null : new FaultyLink<>(wanted);
  }

  @Override
  public long dropped() {
    FaultyLink<RelayedFrame> link = faults;
    return droppedBefore + (link == null ? 0 : link.dropped());
  }

  @Override
  public void awaitEnd() {}
}
