package io.matrixrtc.testkit.relay;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Somebody who listens at a relay without being a member, and keeps every frame. Safe for many
 * threads.
 */
public final class LiveTap implements AutoCloseable {
  private final Queue<RelayedFrame> frames = new ConcurrentLinkedQueue<>();
  private final RelayClient client;

  private LiveTap(String host, int port, String name) throws IOException, RelayProtocolException {
    this.client = RelayClient.tap(host, port, name, frames::add);
  }

  /** Begins to listen. When it returns, every later frame will be heard. */
  public static LiveTap open(FrameRelay relay, String name)
      throws IOException, RelayProtocolException {
    return new LiveTap(relay.host(), relay.port(), name);
  }

  /** What was heard up to now, in the order in which the relay sent it. */
  public List<RelayedFrame> frames() {
    return List.copyOf(frames);
  }

  @Override
  public void close() {
    client.close();
  }
}
