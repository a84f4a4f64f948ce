package io.matrixrtc.testkit.demo;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.attack.EncryptedFrames;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.FrameHeader;
import io.matrixrtc.testkit.relay.PublishedFrame;
import io.matrixrtc.testkit.relay.RelayedFrame;
import io.matrixrtc.testkit.relay.Tapes;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.Trace;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is known of a call of four that never was, and in which all is well: only alice sends, one
 * frame every 100 ms. She has key 0 from 0 s, key 1 from 6 s, when erin joins, and key 2, made
 * because dave left at 10 s, from {@link #switchedAt} on. Dave is back at 14 s. Tests spoil one
 * thing each.
 */
final class SyntheticEvidence {
  static final String ALICE = "alice-phone";
  static final String BOB = "bob-laptop";
  static final String DAVE = "dave-phone";
  static final String ERIN = "erin-phone";
  static final Duration LEFT = Duration.ofSeconds(10);
  static final Duration USE_DELAY = Duration.ofSeconds(1);

  private static final Instant START = Instant.parse("2026-01-01T10:00:00Z");
  private static final Duration JOINED = Duration.ofSeconds(6);
  private static final Duration BACK = Duration.ofSeconds(14);

  private final Map<String, List<ParticipantAnswer.HeldKey>> holdings = new LinkedHashMap<>();
  final Map<String, ParticipantAnswer.Recordings> recordings = new LinkedHashMap<>();
  final List<Forgery.Result> forgeries = new ArrayList<>();
  Duration switchedAt = Duration.ofMillis(11_200);
  boolean rotatesForTheLeave = true;
  boolean tapHears = true;
  long differing;
  long decrypted = 100;
  double speed = 1;
  private final List<ParticipantAnswer.HeldKey> givenAfterReturn = new ArrayList<>();
  private final Cast cast = Cast.of(4);

  SyntheticEvidence() {
    hold(ALICE, 0, 1, 2);
    hold(BOB, 0, 1, 2);
    hold(DAVE, 0, 1);
    hold(ERIN, 1, 2);
    recordings.put(ALICE, recording(BOB, true, true));
    recordings.put(BOB, recording(ALICE, true, true));
    forgeries.add(new Forgery.Result("forged-claim", "claim", false, true, "control", true));
  }

  static ParticipantAnswer.Recordings recording(
      String sender, boolean complete, boolean identical) {
    return new ParticipantAnswer.Recordings(
        Stream.of("audio", "video")
            .map(
                track ->
                    new ParticipantAnswer.Recording(
                        identity(sender), track, "file-" + track, complete, identical))
            .toList());
  }

  /** Gives a member keys of alice. */
  void hold(String name, int... indexes) {
    List<ParticipantAnswer.HeldKey> held = heldBy(name);
    for (int index : indexes) {
      held.add(key(index));
    }
  }

  /** Gives the leaver a key of alice when it is back. */
  void holdAfterReturn(int index) {
    givenAfterReturn.add(key(index));
  }

  private static ParticipantAnswer.HeldKey key(int index) {
    String key = Base64.getEncoder().encodeToString(material(index));
    return new ParticipantAnswer.HeldKey(identity(ALICE), index, key);
  }

  List<ParticipantAnswer.HeldKey> heldBy(String name) {
    return holdings.computeIfAbsent(name, unknown -> new ArrayList<>());
  }

  static byte[] material(int index) {
    return Arrays.copyOf(("alice key " + index + "......").getBytes(StandardCharsets.US_ASCII), 16);
  }

  static String identity(String name) {
    return "@" + name + ":x:DEVICE";
  }

  Evidence build() {
    Map<String, String> identities = new HashMap<>();
    Map<String, String> labels = new HashMap<>();
    Map<String, ParticipantAnswer.Holdings> held = new LinkedHashMap<>();
    for (Cast.Member member : cast.members()) {
      identities.put(member.name(), identity(member.name()));
      labels.put(identity(member.name()), member.name());
      held.put(member.name(), new ParticipantAnswer.Holdings(heldBy(member.name())));
    }
    List<ParticipantAnswer.HeldKey> afterReturn = new ArrayList<>(heldBy(DAVE));
    afterReturn.addAll(givenAfterReturn);
    held.put(DAVE, new ParticipantAnswer.Holdings(afterReturn));
    ParticipantAnswer.Heard heard = new ParticipantAnswer.Heard(2, decrypted, 0, 0, differing);
    return new Evidence(
        cast,
        identities,
        labels,
        trace(),
        Tapes.of(frames()),
        Map.of(BOB, new ParticipantAnswer.Counts(0, 0, Map.of(identity(ALICE), heard))),
        recordings,
        held,
        new ParticipantAnswer.Holdings(heldBy(DAVE)),
        tapHears ? frames() : List.of(),
        forgeries,
        speed,
        USE_DELAY);
  }

  private Trace trace() {
    List<TraceEntry> entries = new ArrayList<>();
    for (String name : List.of(ALICE, BOB, DAVE)) {
      entries.add(presence(name, Presence.JOINED, Duration.ZERO));
    }
    entries.add(presence(ERIN, Presence.JOINED, JOINED));
    entries.add(presence(DAVE, Presence.LEFT, LEFT));
    if (rotatesForTheLeave) {
      KeyRef key = new KeyRef(identity(ALICE), 2, 0, KeyFingerprint.of(material(2)));
      entries.add(entry(LEFT.plusMillis(50), new TraceEvent.KeyMade(key, KeyTraces.MEMBER_LEFT)));
    }
    entries.add(presence(DAVE, Presence.REJOINED, BACK));
    return new Trace(entries);
  }

  private List<RelayedFrame> frames() {
    List<RelayedFrame> frames = new ArrayList<>();
    try (EncryptedFrames key0 = new EncryptedFrames(material(0), 0, 0);
        EncryptedFrames key1 = new EncryptedFrames(material(1), 1, 0);
        EncryptedFrames key2 = new EncryptedFrames(material(2), 2, 0)) {
      for (int i = 0; i < 150; i++) {
        Duration at = Duration.ofMillis(i * 100L);
        boolean switched = at.compareTo(switchedAt) >= 0;
        EncryptedFrames key = i < 60 ? key0 : switched ? key2 : key1;
        byte[] frame = key.encrypt(Codec.AUDIO, FrameType.DELTA, new byte[] {1, 2, 3, (byte) i});
        FrameHeader header = new FrameHeader(TrackKind.AUDIO, "opus", i, 0, 1, true, at);
        frames.add(
            new RelayedFrame(i, START.plus(at), identity(ALICE), PublishedFrame.of(header, frame)));
      }
    }
    return frames;
  }

  private static TraceEntry presence(String name, Presence change, Duration at) {
    return entry(at, new TraceEvent.PresenceChanged(identity(name), change, ""));
  }

  private static TraceEntry entry(Duration at, TraceEvent event) {
    return new TraceEntry(START.plus(at), at.toMillis(), event);
  }
}
