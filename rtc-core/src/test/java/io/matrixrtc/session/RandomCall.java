package io.matrixrtc.session;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.RecordingSink;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.keys.ToDeviceNetwork;
import io.matrixrtc.keys.VirtualTime;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A call in which people come, go and return at random while messages are late, out of order or
 * fail; then everything settles. Collects every breach of the rules.
 */
final class RandomCall {
  private static final Duration SETTLE = Duration.ofMinutes(3);

  final VirtualTime time = new VirtualTime();
  final ToDeviceNetwork network = new ToDeviceNetwork(time);
  final SimulatedRoom room = new SimulatedRoom(time);
  final List<Member> members = new ArrayList<>();
  final List<String> breaches = new ArrayList<>();
  private final SplittableRandom random;
  private boolean failing;

  /** A participant with the times at which it learned of others and used its keys. */
  final class Member extends Participant {
    final Map<DeviceAddress, Instant> learned;
    final Map<String, Instant> firstUse;
    boolean in;

    Member(DeviceAddress device, RotationPolicy policy, Map<String, Instant> firstUse) {
      super(device, policy, room, network, time, new TimedSink(time, firstUse));
      this.learned = new LinkedHashMap<>();
      this.firstUse = firstUse;
    }

    /** Whether the media layer can decrypt what {@code sender} encrypts with a key. */
    boolean holds(Member sender, String key) {
      String index = key.substring(0, key.indexOf(':'));
      String held =
          sink.rings.getOrDefault(sender.identity(), Map.of()).get(Integer.valueOf(index));
      return key.equals(index + ":" + held);
    }

    @Override
    void onEvent(SessionEvent event) {
      if (event instanceof SessionEvent.MemberJoined joined) {
        learned.put(joined.member().device(), time.now());
      } else if (event instanceof SessionEvent.MemberRejoined again) {
        learned.put(again.after().device(), time.now());
      } else if (event instanceof SessionEvent.MemberLeft left) {
        learned.remove(left.member().device());
      }
    }
  }

  private static final class TimedSink extends RecordingSink {
    private final VirtualTime time;
    private final Map<String, Instant> firstUse;

    TimedSink(VirtualTime time, Map<String, Instant> firstUse) {
      this.time = time;
      this.firstUse = firstUse;
    }

    @Override
    public void onOwnKey(KeyIndex index, MediaKey key) {
      super.onOwnKey(index, key);
      firstUse.putIfAbsent(key.fingerprint(), time.now());
    }
  }

  RandomCall(SplittableRandom random, RotationPolicy policy, boolean noLateKeys) {
    this.random = random;
    int people = 2 + random.nextInt(5);
    for (int i = 0; i < people; i++) {
      DeviceAddress device = new DeviceAddress("@u" + i + ":example.org", "D" + i);
      room.joinRoom(device.userId());
      members.add(new Member(device, policy, new LinkedHashMap<>()));
    }
    network.latency = () -> millis(1_500);
    network.confirmation = () -> millis(800);
    room.latency = () -> millis(600);
    network.outcome =
        (from, to) -> {
          boolean fails = failing && this.random.nextInt(3) == 0;
          return fails ? new Outcome.Failed("unlucky") : new Outcome.Sent();
        };
    network.observer = sent -> check(sent, noLateKeys);
  }

  void run() {
    int steps = 10 + random.nextInt(40);
    for (int step = 0; step < steps; step++) {
      act();
      for (int slice = 0; slice < 20; slice++) {
        time.advanceMillis(random.nextInt(20, 200));
      }
    }
    failing = false;
    time.advance(SETTLE);
    checkSettled();
    members.forEach(member -> member.session.close());
    members.stream()
        .flatMap(member -> member.made.stream())
        .filter(key -> !key.isDestroyed())
        .forEach(key -> breaches.add("a key outlived the call"));
  }

  private void act() {
    Member member = members.get(random.nextInt(members.size()));
    failing = random.nextBoolean();
    if (!member.in) {
      member.join();
      member.in = true;
    } else if (random.nextInt(3) == 0) {
      member.leave();
      member.in = false;
    } else if (random.nextInt(4) == 0) {
      member.leave();
      member.join();
    }
  }

  /**
   * A message goes to nobody who, as far as its sender knows, is not in the call (I1). Without late
   * keys it also holds none that was used before its sender learned of the receiver (I3).
   */
  private void check(ToDeviceNetwork.Message sent, boolean noLateKeys) {
    Member sender = member(sent.from());
    Instant learned = sender.learned.get(sent.to());
    Instant use = sender.firstUse.get(fingerprint(sent));
    if (learned == null) {
      breaches.add("I1 " + sent.to() + " is sent a key after it left");
    } else if (noLateKeys && use != null && use.isBefore(learned)) {
      breaches.add("I3 " + sent.to() + " is sent a key that was used before it joined");
    }
  }

  private void checkSettled() {
    List<Member> present = members.stream().filter(member -> member.in).toList();
    for (Member sender : present) {
      String inUse = sender.sink.inUse();
      for (Member receiver : present) {
        if (receiver != sender && !receiver.holds(sender, inUse)) {
          breaches.add("I2 " + receiver.device + " lacks the key of " + sender.device);
        }
      }
      String fingerprint = inUse.substring(inUse.indexOf(':') + 1);
      network.sent.stream()
          .filter(
              sent -> sent.from().equals(sender.device) && fingerprint(sent).equals(fingerprint))
          .filter(sent -> !member(sent.to()).in)
          .forEach(sent -> breaches.add("I1 " + sent.to() + " left with a key still in use"));
    }
  }

  private Member member(DeviceAddress device) {
    return members.stream()
        .filter(member -> member.device.equals(device))
        .findFirst()
        .orElseThrow();
  }

  private Duration millis(int bound) {
    return Duration.ofMillis(random.nextInt(bound));
  }

  static String fingerprint(ToDeviceNetwork.Message sent) {
    String key = sent.content().path("keys").path("key").asText();
    return MediaKey.copyOf(Base64.getDecoder().decode(key)).fingerprint();
  }

  String report() {
    return breaches.stream().distinct().collect(Collectors.joining("; "));
  }
}
