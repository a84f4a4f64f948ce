package io.matrixrtc.keys;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.media.SendGate;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One sender with real rings and frames on virtual time. Remembers every key that it gave to whom,
 * so that an attack can be tried with all that somebody ever got.
 */
class CallFixture {
  static final CallMember A = ManagerFixture.member("A");
  static final CallMember B = ManagerFixture.member("B");
  static final CallMember C = ManagerFixture.member("C");
  static final CallMember D = ManagerFixture.member("D");
  private static final int FRAME = 60;

  final VirtualTime time = new VirtualTime();
  final List<KeyEvent> events = new ArrayList<>();
  final List<MediaKey> made = new ArrayList<>();
  final Transport transport = new Transport();
  final Media media = new Media();
  EncryptionManager manager = manager(RotationPolicies.demand());

  /** A key in somebody's hands. */
  record Given(int index, byte[] material, Instant at) {}

  /** A frame as it left, or why it did not. */
  record Frame(FrameStatus status, byte[] bytes, int index, int generation, Instant at) {
    boolean sent() {
      return status == FrameStatus.OK;
    }
  }

  EncryptionManager manager(RotationPolicy policy) {
    Random random = new Random(1);
    return new EncryptionManager(
        new CallContext("!room:example.org", "m.call#ROOM", ManagerFixture.OWN),
        new EncryptionManager.Settings(
            policy,
            transport,
            media,
            () -> {
              MediaKey key = MediaKey.generate(random, policy.keyBytes());
              made.add(key);
              return key;
            },
            random),
        time,
        events::add);
  }

  /** Starts under {@code policy}, with the first key served to {@code members} and unused. */
  void settled(RotationPolicy policy, CallMember... members) {
    manager = manager(policy);
    manager.start();
    members();
    members(members);
    time.advance(Duration.ofMinutes(2));
  }

  void members(CallMember... members) {
    manager.onMembers(Arrays.asList(members));
  }

  /** One audio frame. */
  Frame frame() {
    byte[] in = new byte[FRAME];
    new Random(7).nextBytes(in);
    byte[] out = new byte[FrameEncryptor.maxOutputBytes(Codec.AUDIO, FRAME)];
    FrameStatus status = media.encryptor.encrypt(Codec.AUDIO, FrameType.KEY, in, 0, FRAME, out, 0);
    return new Frame(
        status,
        Arrays.copyOf(out, media.encryptor.outputLength()),
        media.encryptor.keyIndex(),
        media.encryptor.generation(),
        time.now());
  }

  /** A frame each 20 ms for a time; those that left. */
  List<Frame> speak(Duration duration) {
    List<Frame> frames = new ArrayList<>();
    for (long millis = 0; millis < duration.toMillis(); millis += 20) {
      frames.add(frame());
      time.advanceMillis(20);
    }
    return new ArrayList<>(frames.stream().filter(Frame::sent).toList());
  }

  /** Whether a device can read a frame, with everything that it was ever given. */
  boolean reads(CallMember member, Frame frame) {
    return opens(transport.given(member), frame);
  }

  /** Whether keys open a frame: by walking from each, and each as half of the one before. */
  boolean opens(List<Given> known, Frame frame) {
    return known.stream()
        .anyMatch(given -> walks(given, frame) || opensAsPrefix(given.material(), frame.bytes()));
  }

  private boolean walks(Given given, Frame frame) {
    try (KeyRing ring = new KeyRing(KeyRingSettings.defaults(), new Random(2), time);
        MediaKey key = MediaKey.copyOf(given.material())) {
      ring.put(new KeyIndex(given.index()), key);
      byte[] out = new byte[frame.bytes().length];
      return new FrameDecryptor(ring)
              .decrypt(Codec.AUDIO, FrameType.KEY, frame.bytes(), 0, out.length, out, 0)
          == FrameStatus.OK;
    }
  }

  /** The frame key of a generation is the first half of the material of the next. */
  static boolean opensAsPrefix(byte[] material, byte[] frame) {
    try {
      Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
      int end = frame.length - 14;
      aes.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(material, 0, 16, "AES"),
          new GCMParameterSpec(128, frame, end, 12));
      aes.updateAAD(frame, 0, 1);
      aes.doFinal(frame, 1, end - 1);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  <E extends KeyEvent> List<E> events(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The media layer: a real ring and encryptor. */
  final class Media extends RecordingSink {
    final KeyRing ring = new KeyRing(KeyRingSettings.defaults(), new Random(3), time);
    final FrameEncryptor encryptor = new FrameEncryptor(ring);
    SendGate gate = SendGate.OPEN;
    boolean connects = true;
    boolean advances = true;
    int keyFramesWanted;

    OwnRingGate.State state() {
      return ((OwnRingGate) gate).state();
    }

    @Override
    public boolean onGate(SendGate asked) {
      gate = asked;
      if (connects) {
        ring.setGate(asked);
      }
      return connects;
    }

    @Override
    public void onOwnKey(KeyIndex index, MediaKey key) {
      super.onOwnKey(index, key);
      ring.put(index, key);
      ring.use(index);
    }

    @Override
    public void onKeyFramesWanted() {
      keyFramesWanted++;
    }

    @Override
    public boolean advancesKeys() {
      return advances;
    }

    @Override
    public void onOwnKeyAdvanced(KeyIndex index, int steps) {
      ring.advance(index, steps);
    }
  }

  /** Remembers every key with its recipients; answers after a time, or when told to. */
  final class Transport implements KeyTransport {
    private final Map<CallMember, List<Given>> given = new LinkedHashMap<>();
    final List<String> log = new ArrayList<>();
    final List<Runnable> unanswered = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();
    Predicate<CallMember> fails = member -> false;

    /** Whose messages are refused before any is made. */
    Predicate<CallMember> refuses = member -> false;

    boolean answers = true;
    Duration takes = Duration.ofMillis(50);
    int messages;

    List<Given> given(CallMember member) {
      return given.getOrDefault(member, List.of());
    }

    @Override
    public CompletionStage<Map<CallMember, Delivery>> send(
        MediaKey key, KeyIndex index, Set<CallMember> to) {
      byte[] material = key.copyMaterial();
      Map<CallMember, Delivery> outcome = new LinkedHashMap<>();
      for (CallMember member : to) {
        if (refuses.test(member)) {
          outcome.put(member, new Delivery.Failed(Delivery.Reason.REFUSED, "not signed"));
          continue;
        }
        // Even a failed message may have got through.
        given
            .computeIfAbsent(member, m -> new ArrayList<>())
            .add(new Given(index.value(), material, time.now()));
        outcome.put(member, fails.test(member) ? FakeTransport.FAILED : FakeTransport.SERVED);
      }
      messages += to.size();
      log.add(new FakeTransport.Sent(index + ":", to, new CompletableFuture<>()).toString());
      CompletableFuture<Map<CallMember, Delivery>> answer = new CompletableFuture<>();
      Runnable done = () -> answer.complete(outcome);
      if (answers) {
        time.schedule(time.now().plus(takes), done);
      } else {
        unanswered.add(done);
      }
      return answer;
    }

    void answerAll() {
      List<Runnable> all = List.copyOf(unanswered);
      unanswered.clear();
      all.forEach(Runnable::run);
    }

    @Override
    public KeyWay way() {
      return new KeyWay("fake", false);
    }

    void receive(ReceivedKey key) {
      List.copyOf(sinks).forEach(sink -> sink.onKey(key));
    }

    @Override
    public Subscription subscribe(Sink sink) {
      sinks.add(sink);
      return () -> sinks.remove(sink);
    }

    @Override
    public void close() {}
  }
}
