package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.RoomSubscription;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.AdaptiveKeyTransport;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.KeyRefusal;
import io.matrixrtc.keys.KeyTransport;
import io.matrixrtc.keys.MediaKeySink;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.RoomEventKeyTransport;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionEvent;
import io.matrixrtc.session.SessionSettings;
import io.matrixrtc.session.Transport;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A device of ours in the call of a room, with the default policy of matrix-js-sdk. */
final class OurCall implements CallParty, AutoCloseable {
  private static final String NO_SERVICE = "http://127.0.0.1:1";
  private static final Duration USE_DELAY = Duration.ofMillis(200);
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(10);

  private final OurDevice device;
  private final RtcSession session;
  private final RoomSubscription room;
  private final List<CallKey> keys = new CopyOnWriteArrayList<>();
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();

  private OurCall(OurDevice device, String roomId, TrustRequirement trust, boolean adaptive) {
    this.device = device;
    SessionSettings settings = SessionSettings.roomCall(roomId, "11", device.address());
    SecureRandom random = new SecureRandom();
    KeyTransport toDevice =
        new ToDeviceKeyTransport(
            settings.context(),
            new ToDeviceKeyTransport.Settings(settings.memberId(), trust, false),
            device.client().toDevice(),
            Clock.systemUTC());
    KeyTransport transport =
        adaptive
            ? new AdaptiveKeyTransport(
                toDevice,
                new RoomEventKeyTransport(
                    settings.context(),
                    new RoomEventKeyTransport.Settings(trust, true),
                    device.client().roomEvents(roomId),
                    Clock.systemUTC()),
                true)
            : toDevice;
    this.session =
        new RtcSession(
            settings,
            device.client().statePublisher(roomId),
            Optional.of(
                new EncryptionManager.Settings(
                    RotationPolicies.parity(RotationPolicies.PARITY_GRACE, USE_DELAY),
                    transport,
                    new Recorder(),
                    () -> MediaKey.generate(random),
                    random)),
            new PoolScheduler(device.pool(), Clock.systemUTC()),
            events::add);
    this.room = World.get(device.client().attach(roomId, session)).orThrow();
  }

  /** Joins, and takes keys of every device that names itself by its keys. */
  static OurCall join(OurDevice device, String roomId) {
    return join(device, roomId, TrustRequirement.ALL);
  }

  /** Joins, and takes keys of devices that are trusted enough. */
  static OurCall join(OurDevice device, String roomId, TrustRequirement trust) {
    return new OurCall(device, roomId, trust, false).join(roomId, NO_SERVICE);
  }

  /**
   * As {@link #join(OurDevice, String, TrustRequirement)}, for those who look for us at an SFU.
   *
   * @param service the token service of the SFU
   */
  static OurCall join(OurDevice device, String roomId, TrustRequirement trust, String service) {
    return new OurCall(device, roomId, trust, false).join(roomId, service);
  }

  /** As {@link #join}, reaching old clients by room events. */
  static OurCall joinAdaptively(OurDevice device, String roomId) {
    return new OurCall(device, roomId, TrustRequirement.ALL, true).join(roomId, NO_SERVICE);
  }

  private OurCall join(String roomId, String service) {
    ObjectNode focus = Json.newObject().put("type", "livekit");
    focus.put("livekit_service_url", service).put("livekit_alias", roomId);
    JoinResult result =
        World.get(session.join(JoinRequest.multiSfu(List.of(new Transport("livekit", focus)))));
    if (!(result instanceof JoinResult.Joined)) {
      throw new AssertionError("cannot join the call: " + result);
    }
    return this;
  }

  @Override
  public DeviceAddress address() {
    return device.address();
  }

  @Override
  public List<CallKey> keysOf(DeviceAddress owner) {
    return keys.stream().filter(key -> key.owner().equals(owner)).toList();
  }

  /** By what each key of {@code owner} that was taken is known to be its. */
  List<SenderEvidence> evidenceOf(DeviceAddress owner) {
    return keyEvents(KeyEvent.RemoteKeyReceived.class).stream()
        .filter(event -> event.member().device().equals(owner))
        .map(KeyEvent.RemoteKeyReceived::evidence)
        .toList();
  }

  List<KeyRefusal> refusals() {
    return keyEvents(KeyEvent.KeyRefused.class).stream().map(KeyEvent.KeyRefused::refusal).toList();
  }

  <T extends KeyEvent> List<T> keyEvents(Class<T> type) {
    return events.stream()
        .filter(SessionEvent.Keys.class::isInstance)
        .map(event -> ((SessionEvent.Keys) event).event())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** The devices in the call, as this one sees it. */
  List<DeviceAddress> members() {
    return World.get(session.members()).stream().map(member -> member.device()).toList();
  }

  void leave() {
    World.get(session.leave(LEAVE_LIMIT));
  }

  /** Ends it here, without a word to the others. */
  @Override
  public void close() {
    room.close();
    session.close();
  }

  private final class Recorder implements MediaKeySink {
    @Override
    public void onOwnKey(KeyIndex index, MediaKey key) {
      keys.add(CallKey.of(device.address(), index, key));
    }

    @Override
    public void onRemoteKey(CallMember member, KeyIndex index, MediaKey key) {
      keys.add(CallKey.of(member.device(), index, key));
    }

    @Override
    public void onRemoteLeft(CallMember member) {}

    @Override
    public void onClosed() {}
  }
}
