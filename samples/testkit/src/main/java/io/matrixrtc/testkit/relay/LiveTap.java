package io.matrixrtc.testkit.relay;

import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who listens at a relay without being a member, and keeps every frame. Safe for many
 * threads.
 */
public final class LiveTap implements AutoCloseable {
  private final Queue<RelayedFrame> frames = new ConcurrentLinkedQueue<>();
  private @Nullable RelayLine line;

  private LiveTap() {}

  /** Begins to listen. When it returns, every later frame will be heard. */
  public static LiveTap open(FrameRelay relay, String name)
      throws IOException, RelayProtocolException {
    LiveTap tap = new LiveTap();
    tap.line = RelayClient.tap(relay.host(), relay.port(), name, tap.frames::add);
    return tap;
  }

  /** The same at a relay without a socket; hears on {@code tasks}. */
  public static LiveTap open(FrameRelay relay, String name, SerialScheduler tasks) {
    LiveTap tap = new LiveTap();
    tap.line = relay.attachTap(name, tap.frames::add, tasks);
    return tap;
  }

  /** What was heard up to now, in the order in which the relay sent it. */
  public List<RelayedFrame> frames() {
    return List.copyOf(frames);
  }

  @Override
  public void close() {
    RelayLine open = line;
    if (open != null) {
      open.close();
    }
  }
}
