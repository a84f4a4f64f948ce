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
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.LeaveResult;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionEvent;
import io.matrixrtc.session.SessionSettings;
import io.matrixrtc.session.Transport;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.relay.RelayClient;
import io.matrixrtc.testkit.relay.RelayProtocolException;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A participant's part in the call of one room: session, keys, media, relay. */
final class AgentCall implements AutoCloseable {
  /** In wall time: HTTP is not faster in a fast call. */
  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(20);

  private final ParticipantSpec spec;
  private final MediaClock clock;
  private final Consumer<TraceEvent> trace;
  private final KeyLog keyLog = new KeyLog();
  private final CallMedia media;
  private final RtcSession session;
  private final KeyTraces keyTraces;
  private @Nullable RelayClient relay;
  private @Nullable MediaSender sender;
  private long sentBefore;
  private long unsendableBefore;
  private boolean wasThere;

  AgentCall(
      ParticipantSpec spec,
      String roomId,
      AgentClient client,
      MediaClock clock,
      ScheduledExecutorService pool,
      SecureRandom random,
      KeyWiring wiring,
      Consumer<TraceEvent> trace) {
    this.spec = spec;
    this.clock = clock;
    this.trace = trace;
    this.media = new CallMedia(spec.identity(), clock, keyLog, trace);
    this.keyTraces = new KeyTraces(spec.identity(), keyLog, trace);
    SessionSettings settings =
        SessionSettings.roomCall(roomId, "", new DeviceAddress(spec.userId(), spec.deviceId()));
    MediaTimeScheduler scheduler = new MediaTimeScheduler(clock, pool);
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
                        client.toDevice(),
                        client::sendInClear,
                        clock)),
                trace),
            media,
            () -> keyLog.made(MediaKey.generate(random, policy.keyBytes())),
            random);
    this.session =
        new RtcSession(
            settings,
            client.encrypted().statePublisher(roomId),
            Optional.of(keys),
            scheduler,
            this::onEvent);
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
    try {
      relay = RelayClient.connect(spec.relayHost(), spec.relayPort(), spec.identity(), media);
    } catch (IOException | RelayProtocolException e) {
      throw new AgentClient.RefusedException(
          "cannot connect to the relay at "
              + spec.relayHost()
              + ":"
              + spec.relayPort()
              + ": "
              + e.getMessage());
    }
    Presence presence = wasThere ? Presence.REJOINED : Presence.JOINED;
    trace.accept(new TraceEvent.PresenceChanged(spec.identity(), presence, ""));
    wasThere = true;
    ObjectNode fields = Json.newObject().put("type", "livekit");
    fields.put("livekit_service_url", "http://" + spec.relayHost() + ":" + spec.relayPort());
    return session
        .join(JoinRequest.multiSfu(List.of(new Transport("livekit", fields))))
        .thenAccept(
            result -> {
              if (!(result instanceof JoinResult.Joined)) {
                throw new AgentClient.RefusedException("cannot join the call: " + result);
              }
            });
  }

  void startMedia(Duration at) {
    RelayClient open = relay;
    if (open == null) {
      throw new AgentClient.RefusedException("media starts after the call was joined");
    }
    MediaSender starting = new MediaSender(media.ownRing(), open, media);
    starting.start(clock, at, ClipPair.of(spec.identity()));
    sender = starting;
  }

  void mute(boolean muted) {
    MediaSender playing = sender;
    if (playing == null) {
      return;
    }
    if (muted) {
      playing.mute();
    } else {
      playing.unmute();
    }
    trace.accept(
        new TraceEvent.PresenceChanged(
            spec.identity(), muted ? Presence.MUTED : Presence.UNMUTED, ""));
  }

  CompletionStage<Void> leave() {
    // Before it is published: others may act on it before the answer is here.
    trace.accept(new TraceEvent.PresenceChanged(spec.identity(), Presence.LEFT, ""));
    stopMedia();
    RelayClient open = relay;
    if (open != null) {
      open.close();
    }
    return session
        .leave(Duration.ofMillis(Math.round(LEAVE_TIMEOUT.toMillis() * spec.speed())))
        .thenAccept(
            result -> {
              if (!(result instanceof LeaveResult.Left)) {
                throw new AgentClient.RefusedException("the leave was not accepted: " + result);
              }
            });
  }

  private void stopMedia() {
    MediaSender playing = sender;
    if (playing != null) {
      playing.close();
      sentBefore += playing.sent();
      unsendableBefore += playing.unsendable();
      sender = null;
    }
  }

  long sent() {
    MediaSender playing = sender;
    return sentBefore + (playing == null ? 0 : playing.sent());
  }

  long unsendable() {
    MediaSender playing = sender;
    return unsendableBefore + (playing == null ? 0 : playing.unsendable());
  }

  /** Completes when the newest own key is in use and served, and a key of all others is here. */
  CompletionStage<Void> settled(int others) {
    CompletableFuture<Void> settled = new CompletableFuture<>();
    keyTraces.onEachEvent(
        () ->
            session
                .keyStatus()
                .thenAccept(
                    status -> {
                      if (isSettled(status, others)) {
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
        && status.remote().size() == others
        && status.remote().values().stream().allMatch(RemoteKeyState.Held.class::isInstance);
  }

  @Override
  public void close() {
    stopMedia();
    RelayClient open = relay;
    if (open != null) {
      open.close();
    }
    session.close();
    media.close();
  }
}
