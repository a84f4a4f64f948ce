package io.matrixrtc.testkit;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.testkit.agent.AgentRuntime;
import io.matrixrtc.testkit.agent.OverheardMessages;
import io.matrixrtc.testkit.agent.ParticipantPort;
import io.matrixrtc.testkit.agent.ParticipantSpec;
import io.matrixrtc.testkit.agent.VirtualRuntime;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.FrameHeader;
import io.matrixrtc.testkit.relay.FrameRelay;
import io.matrixrtc.testkit.relay.LiveTap;
import io.matrixrtc.testkit.relay.PublishedFrame;
import io.matrixrtc.testkit.relay.RelayClient;
import io.matrixrtc.testkit.relay.RelayLine;
import io.matrixrtc.testkit.relay.RelayProtocolException;
import io.matrixrtc.testkit.relay.Tape;
import io.matrixrtc.testkit.time.ScriptTime;
import io.matrixrtc.testkit.time.VirtualWorld;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceRecorder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Everything that a scripted call needs: a homeserver, a relay in the place of the SFU, one clock,
 * one trace, and participants. To be closed; a script uses it from one thread.
 */
public final class World implements AutoCloseable {
  /** What a script in virtual time is told that asks for something else. */
  public static final String VIRTUAL_NEEDS =
      "virtual time needs the embedded homeserver and Java devices";

  private final WorldSettings settings;
  private final Optional<VirtualWorld> virtual;
  private final ScriptTime time;
  private final MediaClock clock;
  private final FrameRelay relay;
  private final TraceRecorder recorder;
  private final OverheardMessages overheard;
  private final Runnable endListening;
  private final CallView view;
  private final List<Participant> participants = new ArrayList<>();
  private final Map<String, Integer> marks = new LinkedHashMap<>();

  private World(
      WorldSettings settings, MediaClock clock, FrameRelay relay, Optional<VirtualWorld> virtual) {
    this.settings = settings;
    this.virtual = virtual;
    this.time = virtual.<ScriptTime>map(world -> world).orElse(ScriptTime.REAL);
    this.view = new CallView(time);
    this.clock = clock;
    this.relay = relay;
    this.recorder = new TraceRecorder(clock, clock.start());
    recorder.listen(view::add);
    this.overheard = new OverheardMessages(recorder::record);
    this.endListening =
        settings.homeserver().requestLog().map(log -> log.listen(overheard)).orElse(() -> {});
  }

  /**
   * Starts the clock and the relay. Closing the world, or a failure here, closes the homeserver.
   */
  public static World open(WorldSettings settings) throws IOException {
    MediaClock clock = MediaClock.startNow(settings.speed());
    try {
      return new World(settings, clock, FrameRelay.start(clock), Optional.empty());
    } catch (IOException e) {
      clock.close();
      settings.homeserver().close();
      throw e;
    }
  }

  /**
   * A world in virtual time, which closing it ends. The homeserver must be one that {@link
   * io.matrixrtc.testkit.server.EmbeddedServer.Launch#in} started there; the settings' speed counts
   * for nothing, and their starter is to make participants that run on {@link #runtime}.
   */
  public static World open(WorldSettings settings, VirtualWorld virtual) {
    MediaClock clock = MediaClock.driven(virtual, virtual.now());
    return new World(settings, clock, FrameRelay.local(clock), Optional.of(virtual));
  }

  /** What a script's threads wait in. */
  public ScriptTime time() {
    return time;
  }

  /**
   * What a participant of a world in virtual time runs on.
   *
   * @param seed of what is random and no key
   * @throws IllegalStateException if this one's time is real
   */
  public AgentRuntime runtime(long seed) {
    VirtualWorld world = virtual.orElseThrow(() -> new IllegalStateException("time is real here"));
    EmbeddedHomeserver server =
        settings.homeserver().embedded().orElseThrow(() -> new ScriptException(VIRTUAL_NEEDS));
    return new VirtualRuntime(world, clock.start(), server, relay, seed);
  }

  /**
   * Adds a participant: a device of a user who is registered if the homeserver does not know it.
   *
   * @param name for people
   * @param user local part of the user id
   * @param device device id
   */
  public Participant participant(String name, String user, String device) {
    WorldServer.Account account = settings.homeserver().account(user);
    ParticipantSpec spec =
        new ParticipantSpec(
            name,
            settings.homeserver().baseUrl().toString(),
            account.userId(),
            account.password(),
            device,
            relay.host(),
            relay.port(),
            clock.start().toEpochMilli(),
            clock.speed(),
            settings.policy(),
            settings.useKeyDelay().toMillis(),
            settings.trust(),
            settings
                .homeserver()
                .sfuService()
                .map(URI::toString)
                .orElseGet(() -> ParticipantSpec.relayService(relay.host(), relay.port())),
            settings.media().stream().map(file -> file.toAbsolutePath().toString()).toList());
    recorder.record(
        new TraceEvent.ParticipantAdded(spec.identity(), spec.userId(), device, name, false));
    try {
      ParticipantPort port = settings.starter().start(spec, recorder::add);
      if (!port.tracesMessages()) {
        overheard.listenTo(spec.identity());
      }
      Participant participant = new Participant(port, time);
      participants.add(participant);
      return participant;
    } catch (IOException e) {
      throw new ScriptException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** Does a step with several participants at the same time; returns when all have done it. */
  public void together(Collection<Participant> some, Consumer<Participant> step) {
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (Participant participant : some) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      time.fork(
          "script-" + participant.name(),
          () -> {
            try {
              step.accept(participant);
              done.complete(null);
            } catch (RuntimeException e) {
              done.completeExceptionally(e);
            }
          });
      running.add(done);
    }
    running.forEach(this::join);
  }

  private void join(CompletableFuture<Void> running) {
    try {
      time.await(running);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ScriptException failure) {
        throw failure;
      }
      throw new ScriptException("a step failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScriptException("interrupted", e);
    }
  }

  /** Waits until a media time of the call. */
  public void await(Duration mediaTime) {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    var unused = clock.at(mediaTime, () -> reached.complete(null));
    join(reached);
  }

  /** What is expected of a participant; waits until it is so. */
  public Expectation expect(Participant participant) {
    return new Expectation(participant, view, Expectation.DEFAULT_WAIT);
  }

  /** Remembers this moment under a participant's name. */
  public void mark(Participant participant) {
    marks.put(participant.name(), view.mark());
  }

  /** The moment remembered by {@link #mark}; the beginning if there was none. */
  public int markOf(Participant participant) {
    return marks.getOrDefault(participant.name(), 0);
  }

  /** What is to go wrong. */
  public Faults faults() {
    return new Faults(settings.homeserver(), relay, recorder::record, Optional.empty());
  }

  /** Listens at the relay as somebody who is no member; the caller closes it. */
  public LiveTap tap(Participant participant) {
    if (virtual.isPresent()) {
      return LiveTap.open(relay, participant.identity(), virtual.get());
    }
    try {
      return LiveTap.open(relay, participant.identity());
    } catch (IOException | RelayProtocolException e) {
      throw new ScriptException("cannot listen at the relay: " + e.getMessage(), e);
    }
  }

  /** Publishes a frame that holds {@code bytes}, for a search of the tape to find. */
  public void plantAtRelay(byte[] bytes) {
    FrameHeader header = new FrameHeader(TrackKind.AUDIO, "opus", 0, 0, 0, true, clock.elapsed());
    try (RelayLine client =
        virtual.isPresent()
            ? relay.attach("planter", frame -> {}, virtual.get())
            : RelayClient.connect(relay.host(), relay.port(), "planter", frame -> {})) {
      client.publish(PublishedFrame.of(header, bytes));
      if (!awaitPlanted()) {
        throw new ScriptException("the planted frame did not reach the relay's tape");
      }
    } catch (IOException | RelayProtocolException e) {
      throw new ScriptException("cannot plant a frame at the relay: " + e.getMessage(), e);
    }
  }

  private boolean awaitPlanted() {
    for (int tries = 0; tries < 200; tries++) {
      if (!relay.tape().framesBy("planter").isEmpty()) {
        return true;
      }
      await(clock.elapsed().plus(Duration.ofMillis(20)));
    }
    return false;
  }

  /** Calls {@code listener} with each event from now on; it must be quick and must not record. */
  public void listen(Consumer<TraceEntry> listener) {
    recorder.listen(listener);
  }

  /** Adds to the trace. */
  public void record(TraceEvent event) {
    recorder.record(event);
  }

  /** Adds to the trace what was found out afterwards about a moment of the call. */
  public void recordAt(Duration mediaTime, TraceEvent event) {
    recorder.add(new TraceEntry(clock.start().plus(mediaTime), mediaTime.toMillis(), event));
  }

  public CallView view() {
    return view;
  }

  public MediaClock clock() {
    return clock;
  }

  public FrameRelay relay() {
    return relay;
  }

  public Tape tape() {
    return relay.tape();
  }

  public Trace trace() {
    return recorder.trace();
  }

  /** What the homeserver stores and sees, if that is within reach. */
  public Optional<WorldServer.Insight> server() {
    return settings.homeserver().insight();
  }

  @Override
  public void close() {
    participants.forEach(Participant::close);
    endListening.run();
    relay.close();
    clock.close();
    settings.homeserver().close();
    virtual.ifPresent(VirtualWorld::close);
  }
}
