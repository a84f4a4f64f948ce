package io.matrixrtc.widget.drivers;

import static io.matrixrtc.widget.drivers.HostedRoom.get;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.MediaKeySink;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.RoomStatePublisher;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionEvent;
import io.matrixrtc.session.SessionSettings;
import io.matrixrtc.session.Transport;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A call of the library, over whatever ports it is given; keys go out at each join and leave. */
final class JavaCall implements MediaKeySink, AutoCloseable {
  final RtcSession session;
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final Map<DeviceAddress, List<String>> keys = new ConcurrentHashMap<>();
  private final DeviceAddress self;

  /**
   * @param attested whether keys count for which only a widget host vouches
   */
  JavaCall(
      HostedRoom world,
      DeviceAddress self,
      RoomStatePublisher publisher,
      ToDeviceChannel channel,
      boolean attested) {
    this.self = self;
    SecureRandom random = new SecureRandom();
    SessionSettings settings = SessionSettings.roomCall(world.room, "11", self);
    this.session =
        new RtcSession(
            settings,
            publisher,
            Optional.of(
                new EncryptionManager.Settings(
                    RotationPolicies.parity(Duration.ZERO, Duration.ofMillis(100)),
                    new ToDeviceKeyTransport(
                        settings.context(),
                        new ToDeviceKeyTransport.Settings(
                            settings.memberId(), TrustRequirement.CROSS_SIGNED, attested),
                        channel,
                        InstantSource.system()),
                    this,
                    () -> MediaKey.generate(random),
                    random)),
            new PoolScheduler(world.pool, InstantSource.system()),
            events::add);
  }

  JavaCall join(String roomId) {
    ObjectNode focus = Json.newObject().put("type", "livekit");
    focus.put("livekit_service_url", HostedRoom.SERVICE).put("livekit_alias", roomId);
    JoinResult result =
        get(session.join(JoinRequest.multiSfu(List.of(new Transport("livekit", focus)))));
    if (!(result instanceof JoinResult.Joined)) {
      throw new AssertionError(result);
    }
    return this;
  }

  List<DeviceAddress> members() {
    return get(session.members()).stream().map(member -> member.device()).toList();
  }

  /** The newest key of a device, own or not; empty if there is none. */
  String keyOf(DeviceAddress device) {
    List<String> all = keys.getOrDefault(device, List.of());
    return all.isEmpty() ? "" : all.get(all.size() - 1);
  }

  <T extends KeyEvent> List<T> keyEvents(Class<T> type) {
    return events.stream()
        .filter(SessionEvent.Keys.class::isInstance)
        .map(event -> ((SessionEvent.Keys) event).event())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  @Override
  public void onOwnKey(KeyIndex index, MediaKey key) {
    keep(self, index, key);
  }

  @Override
  public void onRemoteKey(CallMember member, KeyIndex index, MediaKey key) {
    keep(member.device(), index, key);
  }

  private void keep(DeviceAddress device, KeyIndex index, MediaKey key) {
    byte[] material = key.copyMaterial();
    String text = index.value() + " " + Base64.getEncoder().encodeToString(material);
    Arrays.fill(material, (byte) 0);
    keys.computeIfAbsent(device, one -> new CopyOnWriteArrayList<>()).add(text);
  }

  @Override
  public void onRemoteLeft(CallMember member) {}

  @Override
  public void onClosed() {}

  @Override
  public void close() {
    session.close();
  }
}
