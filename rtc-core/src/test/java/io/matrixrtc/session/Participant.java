package io.matrixrtc.session;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.RecordingSink;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.ToDeviceNetwork;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;

/** One device in a simulated call. */
class Participant {
  static final String ROOM_ID = "!call:example.org";

  final DeviceAddress device;
  final RecordingSink sink;
  final List<MediaKey> made = new ArrayList<>();
  final List<byte[]> secrets = new ArrayList<>();
  final List<SessionEvent> events = new ArrayList<>();
  final RtcSession session;

  Participant(
      String user, String deviceId, SimulatedRoom room, ToDeviceNetwork net, VirtualTime t) {
    this(
        new DeviceAddress(user, deviceId),
        RotationPolicies.parity(),
        room,
        net,
        t,
        new RecordingSink());
  }

  Participant(
      DeviceAddress device,
      RotationPolicy policy,
      SimulatedRoom room,
      ToDeviceNetwork network,
      VirtualTime time,
      RecordingSink sink) {
    this.sink = sink;
    this.device = device;
    SessionSettings settings = SessionSettings.roomCall(ROOM_ID, "11", device);
    Random random = new Random(device.hashCode());
    EncryptionManager.Settings keys =
        new EncryptionManager.Settings(
            policy,
            new ToDeviceKeyTransport(
                settings.context(),
                ToDeviceKeyTransport.Settings.defaults(settings.memberId()),
                network.channel(device),
                time),
            sink,
            () -> {
              MediaKey key = MediaKey.generate(random);
              made.add(key);
              secrets.add(key.copyMaterial());
              return key;
            },
            random);
    this.session =
        new RtcSession(
            settings, room.publisher(device.userId()), Optional.of(keys), time, this::onEvent);
    room.attach(session);
  }

  /** Called for each event of the session. */
  void onEvent(SessionEvent event) {
    events.add(event);
  }

  String identity() {
    return device.userId() + ":" + device.deviceId();
  }

  JoinResult join() {
    return now(session.join(JoinRequest.multiSfu(List.of())));
  }

  LeaveResult leave() {
    return now(session.leave(Duration.ofSeconds(1)));
  }

  static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().getNow(null);
  }
}
