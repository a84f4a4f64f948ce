package io.matrixrtc.testkit.agent;

import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.relay.FrameRelay;
import io.matrixrtc.testkit.relay.RelayLine;
import io.matrixrtc.testkit.relay.RelayListener;
import io.matrixrtc.testkit.time.VirtualWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A participant in a virtual world: one line of work and one clock for all that it does, and no
 * sockets. Used in the world's tasks, or on a script's thread that has its turn.
 */
public final class VirtualRuntime implements AgentRuntime {
  private final VirtualWorld.Lane lane;
  private final MediaClock clock;
  private final FrameRelay relay;
  private final HttpTransport transport;
  private final SplittableRandom random;

  /**
   * @param start when the call's media time is zero
   * @param seed of all that is random and no key
   */
  public VirtualRuntime(
      VirtualWorld world, Instant start, EmbeddedHomeserver server, FrameRelay relay, long seed) {
    this.lane = world.lane();
    this.clock = MediaClock.driven(lane, start);
    this.relay = relay;
    this.random = new SplittableRandom(seed);
    this.transport = new DirectTransport(server, lane, seed);
  }

  @Override
  public MediaClock clock() {
    return clock;
  }

  @Override
  public Executor executor() {
    return lane;
  }

  @Override
  public SerialScheduler clientScheduler() {
    return lane;
  }

  @Override
  public SerialScheduler callScheduler() {
    return lane;
  }

  @Override
  public HttpTransport transport() {
    return transport;
  }

  @Override
  public RelayLine connect(ParticipantSpec spec, RelayListener listener) {
    return relay.attach(spec.identity(), listener, lane);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void every(Duration period, Runnable task) {
    var unused =
        lane.schedule(
            lane.now().plus(period),
            () -> {
              task.run();
              every(period, task);
            });
  }

  @Override
  public void close() {
    clock.close();
    lane.close();
  }
}
