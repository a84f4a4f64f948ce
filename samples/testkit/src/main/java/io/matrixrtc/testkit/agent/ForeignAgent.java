package io.matrixrtc.testkit.agent;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import io.matrixrtc.testkit.trace.TraceRecorder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A participant whose session and keys are those of another implementation, while its media is the
 * test kit's: real frames are encrypted and decrypted with the keys that the other implementation
 * makes and takes. So a script judges that one by what can be heard. What it gave to whom is known
 * only where its session tells of that; other expectations on it are for our own participants.
 */
public final class ForeignAgent implements ParticipantPort {
  /** How often the frame counts go into the trace, in wall time. */
  private static final long COUNT_MILLIS = 250;

  /** How often it is asked whether it knows a device, in wall time. */
  private static final long MEET_MILLIS = 100;

  private final ParticipantSpec spec;
  private final ForeignSession session;
  private final MediaClock clock;
  private final TraceRecorder trace;
  private final KeyLog keyLog = new KeyLog();
  private final CallMedia media;
  private final OwnMedia own;
  private final ExecutorService requests;
  private final ScheduledExecutorService timer;
  private final boolean tracesMessages;
  private volatile boolean inCall;
  private String roomId = "";

  /** Makes a participant that has not signed in. {@code sink} takes its trace. */
  public ForeignAgent(ParticipantSpec spec, Consumer<TraceEntry> sink, ForeignSession session) {
    this.spec = spec;
    this.session = session;
    Instant start = Instant.ofEpochMilli(spec.clockStartMillis());
    this.clock = MediaClock.startingAt(start, spec.speed());
    this.trace = new TraceRecorder(clock, start);
    trace.listen(sink);
    this.tracesMessages = session.tracesMessages(trace::record);
    Clips clips = Clips.of(spec.media());
    this.media = new CallMedia(spec.identity(), clock, clips, keyLog, trace::record);
    this.own = new OwnMedia(spec, clock, media, clips, trace::record);
    this.requests = Executors.newSingleThreadExecutor(this::thread);
    this.timer = Executors.newSingleThreadScheduledExecutor(this::thread);
    HeardFrames heard = new HeardFrames(spec.identity(), trace::record);
    var unused =
        timer.scheduleAtFixedRate(
            () -> heard.tell(media), COUNT_MILLIS, COUNT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "agent-" + spec.name());
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public ParticipantSpec spec() {
    return spec;
  }

  @Override
  public CompletionStage<ParticipantAnswer> ask(ParticipantRequest request) {
    return CompletableFuture.supplyAsync(() -> carryOut(request), requests)
        .exceptionally(ForeignAgent::failed);
  }

  @Override
  public boolean tracesMessages() {
    return tracesMessages;
  }

  @Override
  public CompletionStage<Boolean> meets(DeviceAddress other) {
    CompletableFuture<Boolean> met = new CompletableFuture<>();
    lookFor(other, met);
    return met;
  }

  private void lookFor(DeviceAddress other, CompletableFuture<Boolean> met) {
    if (met.isDone()) { // by who waits no longer
      return;
    }
    try {
      CompletableFuture.runAsync(() -> look(other, met), requests)
          .whenComplete((done, failure) -> fail(met, failure));
    } catch (RejectedExecutionException e) {
      fail(met, e);
    }
  }

  private static void fail(CompletableFuture<Boolean> met, @Nullable Throwable failure) {
    if (failure != null) {
      met.completeExceptionally(failure);
    }
  }

  private void look(DeviceAddress other, CompletableFuture<Boolean> met) {
    try {
      if (session.knows(other)) {
        met.complete(true);
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentClient.RefusedException("interrupted");
    }
    var unused = timer.schedule(() -> lookFor(other, met), MEET_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static ParticipantAnswer failed(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return new ParticipantAnswer.Failed(
        cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }

  private ParticipantAnswer carryOut(ParticipantRequest request) {
    try {
      return answer(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentClient.RefusedException("interrupted");
    }
  }

  private ParticipantAnswer answer(ParticipantRequest request) throws InterruptedException {
    if (request instanceof ParticipantRequest.SignIn) {
      session.signIn(spec);
    } else if (request instanceof ParticipantRequest.SetUpIdentity) {
      session.setUpIdentity();
    } else if (request instanceof ParticipantRequest.ShowFingerprint) {
      return new ParticipantAnswer.Fingerprint(session.fingerprint());
    } else if (request instanceof ParticipantRequest.SignDevice sign) {
      session.signDevice(sign.deviceId(), sign.fingerprint());
    } else if (request instanceof ParticipantRequest.CreateRoom create) {
      return new ParticipantAnswer.Room(session.createRoom(create.name()));
    } else if (request instanceof ParticipantRequest.EnterRoom enter) {
      session.enterRoom(enter.roomId());
      roomId = enter.roomId();
    } else if (request instanceof ParticipantRequest.Reload) {
      reload();
    } else if (request instanceof ParticipantRequest.JoinCall) {
      own.join();
      inCall = true;
      session.joinCall(roomId, new ToMedia());
    } else if (request instanceof ParticipantRequest.StartMedia start) {
      own.start(Duration.ofMillis(start.mediaMillis()));
    } else if (request instanceof ParticipantRequest.Mute) {
      own.mute(true);
      session.mute(true);
    } else if (request instanceof ParticipantRequest.Unmute) {
      session.mute(false);
      own.mute(false);
    } else if (request instanceof ParticipantRequest.LeaveCall) {
      leave();
    } else if (request instanceof ParticipantRequest.Reveal) {
      return new ParticipantAnswer.Holdings(keyLog.all());
    } else if (request instanceof ParticipantRequest.Count) {
      return new ParticipantAnswer.Counts(own.sent(), own.unsendable(), HeardFrames.of(media));
    } else if (request instanceof ParticipantRequest.Record record) {
      String directory = record.directory();
      return new RecordingWriter(spec.name(), media.remotes())
          .write(directory == null ? null : Path.of(directory));
    } else {
      throw new AgentClient.RefusedException(
          "is of another implementation, which is not asked to "
              + request.getClass().getSimpleName());
    }
    return new ParticipantAnswer.Done();
  }

  private void leave() throws InterruptedException {
    inCall = false;
    own.leave();
    session.leaveCall();
    media.onClosed();
  }

  private void reload() throws InterruptedException {
    inCall = false;
    own.close();
    media.onClosed();
    session.reload();
  }

  @Override
  public void close() {
    inCall = false;
    own.close();
    session.close();
    media.close();
    clock.close();
    requests.shutdownNow();
    timer.shutdownNow();
  }

  /** Keys that come after the leave, as some do that were on their way, count no more. */
  private final class ToMedia implements ForeignSession.Keys {
    @Override
    public synchronized void onOwnKey(int index, byte[] material) {
      if (!inCall) {
        return;
      }
      try (MediaKey key = MediaKey.copyOf(material)) {
        own(index, key, "told when it is used");
        media.onOwnKey(new KeyIndex(index), key);
      }
    }

    @Override
    public synchronized void onRemoteKey(DeviceAddress owner, int index, byte[] material) {
      if (!inCall) {
        return;
      }
      try (MediaKey key = MediaKey.copyOf(material)) {
        media.onRemoteKey(
            new CallMember(owner, identity(owner), Instant.EPOCH, identity(owner)),
            new KeyIndex(index),
            key);
      }
    }

    @Override
    public synchronized void onServed(DeviceAddress to, int index, byte[] material) {
      offered(to, index, material)
          .ifPresent(key -> trace.record(new TraceEvent.KeyServed(key, identity(to))));
    }

    @Override
    public synchronized void onNotServed(
        DeviceAddress to, int index, byte[] material, String reason) {
      offered(to, index, material)
          .ifPresent(key -> trace.record(new TraceEvent.KeyNotServed(key, identity(to), reason)));
    }

    private Optional<KeyRef> offered(DeviceAddress to, int index, byte[] material) {
      if (!inCall) {
        return Optional.empty();
      }
      try (MediaKey key = MediaKey.copyOf(material)) {
        KeyRef own = own(index, key, "told when it is sent");
        trace.record(new TraceEvent.KeyOffered(own, identity(to)));
        return Optional.of(own);
      }
    }

    private KeyRef own(int index, MediaKey key, String reason) {
      KeyRef before = keyLog.find(spec.identity(), index);
      keyLog.made(key);
      KeyRef made = keyLog.ownKeyIs(spec.identity(), new KeyIndex(index));
      if (!made.equals(before)) {
        trace.record(new TraceEvent.KeyMade(made, reason));
      }
      return made;
    }

    private static String identity(DeviceAddress device) {
      return device.userId() + ":" + device.deviceId();
    }
  }
}
