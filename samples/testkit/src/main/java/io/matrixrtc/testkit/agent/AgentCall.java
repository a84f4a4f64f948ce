package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeliveryState;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.KeyStatus;
import io.matrixrtc.keys.RemoteKeyState;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.LeaveResult;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionEvent;
import io.matrixrtc.session.SessionSettings;
import io.matrixrtc.session.Transport;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A participant's part in the call of one room: session, keys, media, relay. */
final class AgentCall implements AutoCloseable {
  /** In wall time: HTTP is not faster in a fast call. */
  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(20);

  private final ParticipantSpec spec;
  private final KeyLog keyLog = new KeyLog();
  private final CallMedia media;
  private final RtcSession session;
  private final KeyTraces keyTraces;
  private final OwnMedia own;
  private final boolean serial;

  AgentCall(
      ParticipantSpec spec,
      String roomId,
      AgentClient client,
      AgentRuntime runtime,
      SecureRandom random,
      KeyWiring wiring,
      Consumer<TraceEvent> trace) {
    this.spec = spec;
    MediaClock clock = runtime.clock();
    Clips clips = Clips.of(spec.media());
    this.media = new CallMedia(spec.identity(), clock, clips, keyLog, trace);
    this.own = new OwnMedia(spec, clock, runtime::connect, media, clips, trace);
    this.keyTraces = new KeyTraces(spec.identity(), keyLog, trace);
    SessionSettings settings =
        SessionSettings.roomCall(roomId, "", new DeviceAddress(spec.userId(), spec.deviceId()));
    SerialScheduler scheduler = runtime.callScheduler();
    ToDeviceKeyTransport transport =
        new ToDeviceKeyTransport(
            settings.context(),
            new ToDeviceKeyTransport.Settings(
                settings.memberId(), TrustRequirement.named(spec.trust()), false),
            client.toDevice(),
            clock);
    RotationPolicy policy =
        RotationPolicies.named(
            spec.policy(),
            Map.of("use-delay", Duration.ofMillis(spec.useKeyDelayMillis()).toString()));
    EncryptionManager.Settings keys =
        new EncryptionManager.Settings(
            wiring.policy(policy),
            new TracedTransport(
                spec.identity(),
                wiring.transport(
                    transport,
                    new KeyWiring.Parts(
                        settings.context(),
                        settings.memberId(),
                        TrustRequirement.named(spec.trust()),
                        client.toDevice(),
                        client.roomEvents(roomId),
                        client::sendInClear,
                        clock)),
                trace),
            media,
            () -> keyLog.made(MediaKey.generate(random, policy.keyBytes())),
            runtime.random());
    this.session =
        new RtcSession(
            settings,
            client.encrypted().statePublisher(roomId),
            Optional.of(keys),
            scheduler,
            this::onEvent);
    this.serial = policy.isSerial();
    session
        .encryption()
        .ifPresent(keysOfOthers -> media.onKeyMissing(keysOfOthers::onFrameWithoutKey));
  }

  /**
   * What the client is to feed. In a fast call syncs are slow, as HTTP runs in real time: it is not
   * told of them, so that no media is held for their absence (KEY-VIEW).
   */
  CallInput input() {
    return spec.speed() > 1 ? new WithoutSyncs(session) : session;
  }

  RtcSession session() {
    return session;
  }

  KeyLog keyLog() {
    return keyLog;
  }

  CallMedia media() {
    return media;
  }

  private void onEvent(SessionEvent event) {
    if (event instanceof SessionEvent.Keys keys) {
      keyTraces.onKeyEvent(keys.event());
    }
  }

  CompletionStage<Void> join() {
    own.join();
    ObjectNode fields = Json.newObject().put("type", "livekit");
    fields.put("livekit_service_url", spec.sfuService());
    return session
        .join(JoinRequest.multiSfu(List.of(new Transport("livekit", fields))))
        .thenAccept(
            result -> {
              if (!(result instanceof JoinResult.Joined)) {
                throw new AgentClient.RefusedException("cannot join the call: " + result);
              }
            });
  }

  /** What is sent. */
  OwnMedia own() {
    return own;
  }

  CompletionStage<Void> leave() {
    own.leave(); // before it is published: others may act on it before the answer is here
    return session
        .leave(Duration.ofMillis(Math.round(LEAVE_TIMEOUT.toMillis() * spec.speed())))
        .thenAccept(
            result -> {
              if (!(result instanceof LeaveResult.Left)) {
                throw new AgentClient.RefusedException("the leave was not accepted: " + result);
              }
            });
  }

  /**
   * Completes when media may start: all others are known and, unless keys are made when they are
   * needed, the newest own key is in use and served, and a key of all others is here.
   */
  CompletionStage<Void> settled(int others) {
    CompletableFuture<Void> settled = new CompletableFuture<>();
    keyTraces.onEachEvent(
        () ->
            session
                .keyStatus()
                .thenAccept(
                    status -> {
                      if (status.remote().size() == others
                          && (!serial || isSettled(status, others))) {
                        settled.complete(null);
                      }
                    }),
        settled);
    return settled;
  }

  private static boolean isSettled(KeyStatus status, int others) {
    return status.used().isPresent()
        && status.used().equals(status.newest())
        && status.deliveries().size() == others
        && status.deliveries().values().stream().allMatch(DeliveryState.Served.class::isInstance)
        && status.remote().values().stream().allMatch(RemoteKeyState.Held.class::isInstance);
  }

  private record WithoutSyncs(RtcSession session) implements CallInput {
    @Override
    public void onRoomUpdate(RoomUpdate update) {
      session.onRoomUpdate(update);
    }

    @Override
    public void onSynced() {}

    @Override
    public void onBarredDevices(Map<DeviceAddress, String> devices) {
      session.onBarredDevices(devices);
    }
  }

  @Override
  public void close() {
    own.close();
    session.close();
    media.close();
  }
}
