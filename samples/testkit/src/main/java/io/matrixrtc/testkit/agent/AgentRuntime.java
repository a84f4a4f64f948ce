package io.matrixrtc.testkit.agent;

import io.matrixrtc.client.HttpTransport;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.relay.RelayLine;
import io.matrixrtc.testkit.relay.RelayListener;
import io.matrixrtc.testkit.relay.RelayProtocolException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What one participant runs on: its clocks, its threads or the world that it shares, and its ways
 * to homeserver and relay. Closing it ends all tasks of the participant. Safe for many threads.
 */
public interface AgentRuntime extends AutoCloseable {
  /** The call's time. */
  MediaClock clock();

  /** Runs what the participant is asked for. */
  Executor executor();

  /** A new serial executor in the time of HTTP. */
  SerialScheduler clientScheduler();

  /** A new serial executor in the call's time. */
  SerialScheduler callScheduler();

  /** The way to the homeserver. */
  HttpTransport transport();

  /**
   * Connects to the relay.
   *
   * @throws IOException if there is none
   * @throws RelayProtocolException if it refuses
   */
  RelayLine connect(ParticipantSpec spec, RelayListener listener)
      throws IOException, RelayProtocolException;

  /** Spreads repetitions, and what else a policy draws; no keys come from it. */
  RandomGenerator random();

  /** Runs a task again and again, in the time of HTTP. */
  void every(Duration period, Runnable task);

  @Override
  void close();
}
