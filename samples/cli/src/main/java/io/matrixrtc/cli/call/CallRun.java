package io.matrixrtc.cli.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.RoomSubscription;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.AdaptiveKeyTransport;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.KeyStatus;
import io.matrixrtc.keys.KeyTransport;
import io.matrixrtc.keys.RoomEventKeyTransport;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.LeaveResult;
import io.matrixrtc.session.Membership;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionEvent;
import io.matrixrtc.session.SessionSettings;
import io.matrixrtc.session.Transport;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Takes part in the call of a room: membership, delayed leave, keys both ways, no media. The
 * methods block; any thread may call.
 */
public final class CallRun implements AutoCloseable {
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(10);

  private final CallDevice device;
  private final DeviceAddress own;
  private final String roomId;
  private final RtcSession session;
  private final RoomSubscription room;
  private final AtomicBoolean left = new AtomicBoolean();

  /**
   * Logs in, joins the room and follows its call, without joining that.
   *
   * @param events told of what happens to keys; must not block
   * @throws CommandFailure if a step cannot be done; nothing is left behind then
   */
  public static CallRun open(CallOptions options, Consumer<KeyEvent> events) throws CommandFailure {
    SecureRandom random = new SecureRandom();
    CallDevice device = CallDevice.logIn(options, random);
    boolean opened = false;
    try {
      CallRun run = new CallRun(options, device, random, events);
      opened = true;
      return run;
    } finally {
      if (!opened) {
        device.close();
      }
    }
  }

  private CallRun(
      CallOptions options, CallDevice device, SecureRandom random, Consumer<KeyEvent> events)
      throws CommandFailure {
    this.device = device;
    this.own =
        new DeviceAddress(device.client().device().userId(), device.client().device().deviceId());
    this.roomId = device.joinRoom(options.room());
    SessionSettings settings = SessionSettings.roomCall(roomId, "", own);
    RotationPolicy policy = RotationPolicies.named(options.policy(), Map.of());
    int bytes = Math.max(policy.keyBytes(), options.format().leastKeyBytes());
    this.session =
        new RtcSession(
            settings,
            device.client().statePublisher(roomId),
            Optional.of(
                new EncryptionManager.Settings(
                    policy,
                    transport(options, settings),
                    new RecordedKeys(),
                    () -> MediaKey.generate(random, bytes),
                    random)),
            device.scheduler(),
            event -> {
              if (event instanceof SessionEvent.Keys keys) {
                events.accept(keys.event());
              }
            });
    this.room = CallDevice.value(CallDevice.await(device.client().attach(roomId, session)));
  }

  private KeyTransport transport(CallOptions options, SessionSettings settings) {
    TrustRequirement required = TrustRequirement.named(options.trust());
    KeyTransport toDevice =
        new ToDeviceKeyTransport(
            settings.context(),
            new ToDeviceKeyTransport.Settings(
                settings.memberId(), required, false, options.format()),
            device.client().toDevice(),
            Clock.systemUTC());
    KeyTransport roomEvents =
        new RoomEventKeyTransport(
            settings.context(),
            new RoomEventKeyTransport.Settings(required, true),
            device.client().roomEvents(settings.roomId()),
            Clock.systemUTC());
    return switch (options.way()) {
      case TO_DEVICE -> toDevice;
      case ROOM_EVENT -> roomEvents;
      case ADAPTIVE -> new AdaptiveKeyTransport(toDevice, roomEvents, true);
    };
  }

  /** The devices in the call that would not be given our key, and why. */
  public Map<DeviceAddress, Outcome> preview() throws CommandFailure {
    Set<DeviceAddress> devices =
        CallDevice.await(session.members()).stream()
            .map(Membership::device)
            .filter(member -> !member.equals(own))
            .collect(Collectors.toSet());
    return CallDevice.await(device.client().previewRecipients(devices));
  }

  /** Publishes the membership, and gives keys to the others. */
  public void join(Optional<String> livekit) throws CommandFailure {
    List<Transport> transports =
        livekit
            .map(
                url -> {
                  ObjectNode fields = Json.newObject().put("type", "livekit");
                  fields.put("livekit_service_url", url).put("livekit_alias", roomId);
                  return List.of(new Transport("livekit", fields));
                })
            .orElse(List.of());
    JoinResult result = CallDevice.await(session.join(JoinRequest.multiSfu(transports)));
    if (result instanceof JoinResult.Forbidden forbidden) {
      throw new CommandFailure(
          "the room does not allow this user to join calls: " + forbidden.message());
    } else if (!(result instanceof JoinResult.Joined)) {
      throw new CommandFailure("cannot join the call: " + result);
    }
  }

  /** This device. */
  public DeviceAddress own() {
    return own;
  }

  /** The room, by its id. */
  public String roomId() {
    return roomId;
  }

  /** What is known now. */
  public CallView look() throws CommandFailure {
    KeyStatus keys = CallDevice.await(session.keyStatus());
    Status status = CallDevice.await(session.status());
    List<DeviceAddress> devices =
        keys.remote().keySet().stream().map(member -> member.device()).distinct().toList();
    Map<DeviceAddress, String> trust =
        CallDevice.await(
            device.client().withMachine(machine -> CallReader.trust(machine, devices)));
    return CallReader.view(own, status, keys, trust, Clock.systemUTC().instant());
  }

  /**
   * Leaves the call and logs the device out; once.
   *
   * @return whether others were told of the leave
   */
  public boolean leave() {
    if (!left.compareAndSet(false, true)) {
      return true;
    }
    try {
      return CallDevice.await(session.leave(LEAVE_LIMIT)) instanceof LeaveResult.Left;
    } catch (CommandFailure e) {
      return false;
    } finally {
      session.close();
      room.close();
      device.close();
    }
  }

  @Override
  public void close() {
    leave();
  }
}
