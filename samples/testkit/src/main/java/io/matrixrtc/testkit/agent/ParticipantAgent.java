package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.testkit.agent.AgentClient.RefusedException;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceRecorder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A participant: signs in, joins the call, plays and records, and keeps in mind every key it was
 * given. Requests are carried out one after the other.
 */
public final class ParticipantAgent implements ParticipantPort {
  private static final String KEY_EVENT = "io.element.call.encryption_keys";

  /** How often the frame counts go into the trace, in wall time. */
  private static final Duration COUNTS = Duration.ofMillis(250);

  private final ParticipantSpec spec;
  private final KeyWiring wiring;
  private final AgentRuntime runtime;
  private final MediaClock clock;
  private final TraceRecorder trace;
  private final SecureRandom random = new SecureRandom();
  private final HeardFrames heard;
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);
  private @Nullable AgentClient client;
  private volatile @Nullable AgentCall call;
  private String roomId = "";

  /** Makes a participant that has not signed in. {@code sink} takes its trace. */
  public ParticipantAgent(ParticipantSpec spec, Consumer<TraceEntry> sink) {
    this(spec, sink, KeyWiring.OURS);
  }

  /** Makes a participant whose key management is put together by {@code wiring}. */
  public ParticipantAgent(ParticipantSpec spec, Consumer<TraceEntry> sink, KeyWiring wiring) {
    this(spec, sink, wiring, new PoolRuntime(spec));
  }

  /** Makes a participant that runs on {@code runtime}, and closes it. */
  public ParticipantAgent(
      ParticipantSpec spec, Consumer<TraceEntry> sink, KeyWiring wiring, AgentRuntime runtime) {
    this.spec = spec;
    this.wiring = wiring;
    this.runtime = runtime;
    this.clock = runtime.clock();
    this.trace = new TraceRecorder(clock, clock.start());
    trace.listen(sink);
    this.heard = new HeardFrames(spec.identity(), trace::record);
    runtime.every(COUNTS, this::traceCounts);
  }

  @Override
  public ParticipantSpec spec() {
    return spec;
  }

  @Override
  public synchronized CompletionStage<ParticipantAnswer> ask(ParticipantRequest request) {
    CompletionStage<ParticipantAnswer> answer =
        last.thenComposeAsync(done -> carryOut(request), runtime.executor())
            .exceptionally(this::failed);
    last = answer;
    return answer;
  }

  private ParticipantAnswer failed(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String sentence =
        cause instanceof RefusedException refused ? refused.getMessage() : cause.toString();
    return new ParticipantAnswer.Failed(String.valueOf(sentence));
  }

  private CompletionStage<ParticipantAnswer> carryOut(ParticipantRequest request) {
    if (request instanceof ParticipantRequest.SignIn) {
      return done(
          AgentClient.signIn(spec, runtime, random, trace::record).thenAccept(in -> client = in));
    } else if (request instanceof ParticipantRequest.SetUpIdentity) {
      return done(client().setUpIdentity(spec));
    } else if (request instanceof ParticipantRequest.ShowFingerprint) {
      return client().fingerprint().thenApply(ParticipantAnswer.Fingerprint::new);
    } else if (request instanceof ParticipantRequest.SignDevice sign) {
      return done(client().sign(sign.deviceId(), sign.fingerprint()));
    } else if (request instanceof ParticipantRequest.CreateRoom create) {
      return client().createRoom(create.name()).thenApply(ParticipantAnswer.Room::new);
    } else if (request instanceof ParticipantRequest.EnterRoom enter) {
      return done(enterRoom(enter.roomId()));
    } else if (request instanceof ParticipantRequest.Reload) {
      call().close();
      return done(enterRoom(roomId));
    } else if (request instanceof ParticipantRequest.JoinCall) {
      return done(call().join());
    } else if (request instanceof ParticipantRequest.Settle settle) {
      return done(call().settled(settle.others()));
    } else if (request instanceof ParticipantRequest.StartMedia start) {
      call().own().start(Duration.ofMillis(start.mediaMillis()));
    } else if (request instanceof ParticipantRequest.Mute) {
      call().own().mute(true);
    } else if (request instanceof ParticipantRequest.Unmute) {
      call().own().mute(false);
    } else if (request instanceof ParticipantRequest.LeaveCall) {
      return done(call().leave());
    } else if (request instanceof ParticipantRequest.SendKey key) {
      return done(sendKey(key));
    } else if (request instanceof ParticipantRequest.PostMessage post) {
      return done(client().post(roomId, post.text()));
    } else if (request instanceof ParticipantRequest.Reveal) {
      return answer(new ParticipantAnswer.Holdings(call().keyLog().all()));
    } else if (request instanceof ParticipantRequest.Count) {
      return answer(counts(call()));
    } else if (request instanceof ParticipantRequest.Record record) {
      String directory = record.directory();
      return answer(
          new RecordingWriter(spec.name(), call().media().remotes())
              .write(directory == null ? null : Path.of(directory)));
    } else if (request instanceof ParticipantRequest.SignOut) {
      return done(client().signOut());
    } else {
      throw new IllegalStateException("unknown request");
    }
    return answer(new ParticipantAnswer.Done());
  }

  private CompletionStage<?> enterRoom(String room) {
    AgentClient in = client();
    return in.join(room)
        .thenCompose(
            joined -> {
              roomId = joined;
              AgentCall made =
                  new AgentCall(spec, joined, in, runtime, random, wiring, trace::record);
              call = made;
              return in.encrypted().attach(joined, made.input());
            })
        .thenApply(AgentClient::value);
  }

  private CompletionStage<?> sendKey(ParticipantRequest.SendKey key) {
    ObjectNode content = Json.newObject();
    content.putObject("keys").put("index", key.index()).put("key", key.keyBase64());
    content
        .putObject("member")
        .put("id", spec.userId() + ":" + key.claimedDevice())
        .put("claimed_device_id", key.claimedDevice());
    content.put("room_id", roomId);
    content
        .putObject("session")
        .put("application", "m.call")
        .put("call_id", "")
        .put("scope", "m.room");
    content.put("sent_ts", clock.instant().toEpochMilli());
    if (!key.encrypted()) {
      return client().sendInClear(KEY_EVENT, key.toUser(), key.toDevice(), content);
    }
    DeviceAddress to = new DeviceAddress(key.toUser(), key.toDevice());
    return client()
        .toDevice()
        .send(KEY_EVENT, content, Set.of(to))
        .thenAccept(
            outcomes -> {
              if (!(outcomes.get(to) instanceof ToDeviceChannel.Outcome.Sent)) {
                throw new RefusedException("the key message was not sent: " + outcomes);
              }
            });
  }

  private static ParticipantAnswer.Counts counts(AgentCall call) {
    return new ParticipantAnswer.Counts(
        call.own().sent(), call.own().unsendable(), HeardFrames.of(call.media()));
  }

  private void traceCounts() {
    AgentCall current = call;
    if (current != null) {
      heard.tell(current.media());
    }
  }

  private AgentClient client() {
    AgentClient in = client;
    if (in == null) {
      throw new RefusedException("is not signed in");
    }
    return in;
  }

  private AgentCall call() {
    AgentCall current = call;
    if (current == null) {
      throw new RefusedException("is in no room");
    }
    return current;
  }

  private static CompletionStage<ParticipantAnswer> done(CompletionStage<?> stage) {
    return stage.thenApply(ignored -> new ParticipantAnswer.Done());
  }

  private static CompletionStage<ParticipantAnswer> answer(ParticipantAnswer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  @Override
  public void close() {
    AgentCall current = call;
    if (current != null) {
      current.close();
    }
    AgentClient in = client;
    if (in != null) {
      in.close();
    }
    runtime.close();
  }
}
