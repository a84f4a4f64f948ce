package io.matrixrtc.keys;

import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One manager on virtual time with a fake transport. */
class ManagerFixture {
  static final DeviceAddress OWN = new DeviceAddress("@me:example.org", "ME");

  final VirtualTime time = new VirtualTime();
  final FakeTransport transport = new FakeTransport();
  final RecordingSink sink = new RecordingSink();
  final List<KeyEvent> events = new ArrayList<>();
  final List<MediaKey> made = new ArrayList<>();

  EncryptionManager manager = manager(RotationPolicies.parity());

  EncryptionManager manager(RotationPolicy policy) {
    Random random = new Random(1);
    return new EncryptionManager(
        new CallContext("!room:example.org", "m.call#ROOM", OWN),
        new EncryptionManager.Settings(policy, transport, sink, () -> make(random), random),
        time,
        events::add);
  }

  private MediaKey make(Random random) {
    MediaKey key = MediaKey.generate(random);
    made.add(key);
    return key;
  }

  static CallMember member(String device) {
    return member(device, 0);
  }

  /** A member that joined {@code seconds} after the start. */
  static CallMember member(String device, int seconds) {
    String user = "@" + device.toLowerCase(java.util.Locale.ROOT) + ":example.org";
    DeviceAddress address = new DeviceAddress(user, device);
    String name = user + ":" + device;
    return new CallMember(address, name, VirtualTime.START.plusSeconds(seconds), name);
  }

  static CallMember me() {
    String name = OWN.userId() + ":" + OWN.deviceId();
    return new CallMember(OWN, name, VirtualTime.START, name);
  }

  void members(CallMember... members) {
    manager.onMembers(Arrays.asList(members));
  }

  void receive(CallMember from, int index, int material, Optional<Instant> sentAt) {
    receive(from.device(), from.memberId(), index, material, sentAt);
  }

  void receive(
      DeviceAddress from, String memberId, int index, int material, Optional<Instant> sentAt) {
    SenderEvidence evidence = new SenderEvidence.OlmDevice(from, Trust.CROSS_SIGNED);
    ReceivedKey key =
        new ReceivedKey(
            from, evidence, memberId, new KeyIndex(index), key(material), sentAt, KeyWay.TO_DEVICE);
    List.copyOf(transport.sinks).forEach(sink -> sink.onKey(key));
  }

  static MediaKey key(int material) {
    byte[] bytes = new byte[16];
    Arrays.fill(bytes, (byte) material);
    return MediaKey.copyOf(bytes);
  }

  static String name(int index, int material) {
    return index + ":" + key(material).fingerprint();
  }

  KeyStatus status() {
    return manager.status().toCompletableFuture().getNow(null);
  }

  <E extends KeyEvent> List<E> events(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
