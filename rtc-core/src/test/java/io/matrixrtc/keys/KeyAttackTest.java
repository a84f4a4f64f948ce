package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The attacks that the policies are to withstand, tried with everything that the attackers ever
 * got. Each has a control: the same attempt where it must succeed.
 */
class KeyAttackTest extends CallFixture {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private void sending(String policy, CallMember... members) {
    RotationPolicy chosen =
        policy.equals("ratchet")
            ? RotationPolicies.ratchet(SECOND)
            : policy.equals("parity") ? RotationPolicies.parity() : RotationPolicies.demand();
    settled(chosen, members);
    manager.onWalkingReceivers(
        Stream.of(A, B, C, D).map(CallMember::device).collect(Collectors.toSet()));
    speak(Duration.ofSeconds(3));
  }

  @Test
  void attackALeaverBetweenTwoStepsReadsNothingAfterTheRotation() {
    sending("ratchet", A);
    members(A, C);
    speak(Duration.ofMillis(2_500));
    members(A, C, D);
    speak(Duration.ofMillis(300));
    members(A, D);
    List<Frame> until = speak(Duration.ofMillis(1_060));
    List<Frame> after = speak(Duration.ofSeconds(5));
    assertThat(after).hasSizeGreaterThan(200).noneMatch(frame -> reads(C, frame));
    assertThat(until).as("control").anyMatch(frame -> reads(C, frame));
    assertThat(after).as("control").allMatch(frame -> reads(D, frame));
  }

  @ParameterizedTest
  @ValueSource(strings = {"demand", "ratchet"})
  void attackJoinerAndLeaverPoolingReadNothingOfTheTimeBetween(String policy) {
    sending(policy, A, B);
    members(A);
    speak(SECOND.plusMillis(100));
    List<Frame> between = speak(Duration.ofSeconds(5));
    members(A, C);
    List<Frame> after = speak(Duration.ofSeconds(3));
    List<Given> pool = new ArrayList<>(transport.given(B));
    pool.addAll(transport.given(C));
    assertThat(between).hasSizeGreaterThan(200).noneMatch(frame -> opens(pool, frame));
    assertThat(after).as("control").anyMatch(frame -> opens(pool, frame));
    assertThat(between).as("control").allMatch(frame -> reads(A, frame));
  }

  @ParameterizedTest
  @ValueSource(strings = {"demand", "ratchet"})
  void attackTwoJoins100MillisecondsApartReadNothingFromBeforeTheirOwn(String policy) {
    sending(policy, A);
    List<Frame> before = speak(SECOND);
    members(A, C);
    List<Frame> between = speak(Duration.ofMillis(100));
    members(A, C, D);
    List<Frame> after = speak(Duration.ofSeconds(4));
    assertThat(before).noneMatch(frame -> reads(C, frame) || reads(D, frame));
    assertThat(between).hasSize(5).noneMatch(frame -> reads(D, frame));
    assertThat(after).as("control").anyMatch(frame -> reads(C, frame) && reads(D, frame));
  }

  @Test
  void controlParityGivesAJoinerUpToTenSecondsFromBeforeItsJoin() {
    sending("parity", A);
    members(A, B);
    speak(Duration.ofSeconds(3));
    Frame before = frame();
    speak(SECOND);
    members(A, B, C);
    time.advance(SECOND);
    assertThat(reads(C, before)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demand", "ratchet"})
  void attackAJoinLearnedDuringARotationReadsNothingFromBeforeIt(String policy) {
    sending(policy, A, B);
    List<Frame> before = speak(SECOND);
    members(A);
    before.addAll(speak(Duration.ofMillis(400)));
    members(A, C);
    List<Frame> after = speak(Duration.ofSeconds(3));
    assertThat(before).noneMatch(frame -> reads(C, frame));
    assertThat(after).as("control").anyMatch(frame -> reads(C, frame));
  }

  @ParameterizedTest
  @ValueSource(strings = {"demand", "ratchet"})
  void attackALateRetryAfterARejoinGivesNothingOfTheTimeBetween(String policy) {
    transport.fails = member -> member.equals(B);
    sending(policy, A, B);
    members(A);
    List<Frame> away = speak(Duration.ofSeconds(5));
    List<Frame> locked = away.subList(70, away.size());
    CallMember back = ManagerFixture.member("B", 500);
    transport.fails = member -> false;
    members(A, back);
    List<Frame> after = speak(Duration.ofSeconds(70));
    List<Given> all = new ArrayList<>(transport.given(B));
    all.addAll(transport.given(back));
    assertThat(locked).hasSizeGreaterThan(150).noneMatch(frame -> opens(all, frame));
    assertThat(after).as("control").anyMatch(frame -> opens(all, frame));
  }

  @Test
  void attackALeaverReadsNothingOfAFirstFrameAfterItsLeaveWasLearned() {
    settled(RotationPolicies.demand(), A, B);
    members(A);
    List<Frame> frames = speak(Duration.ofSeconds(3));
    assertThat(frames).isNotEmpty().noneMatch(frame -> reads(B, frame));
    assertThat(frames).as("control").allMatch(frame -> reads(A, frame));
  }

  @Test
  void attackALeaverReadsAFirstFrameBeforeItsLeaveWasLearnedAndNoneSoonAfter() {
    settled(RotationPolicies.demand(), A, B);
    assertThat(reads(B, frame())).as("control: the frame was first").isTrue();
    members(A);
    List<Frame> frames = speak(Duration.ofSeconds(3));
    assertThat(frames.subList(53, frames.size())).noneMatch(frame -> reads(B, frame));
  }

  @Test
  void attackAHomeserverThatWithholdsSyncsGetsTenSecondsAtMost() {
    sending("demand", A, B);
    manager.onSynced();
    List<Frame> frames = speak(Duration.ofSeconds(60)); // B has left; nobody may tell us
    assertThat(frames).hasSize(500);
    assertThat(frame().sent()).isFalse();
    manager.onSynced();
    assertThat(frame().sent()).as("control").isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demand", "ratchet"})
  void attackLeaveAndRejoinInOneSyncAnswerIsALeaveAndAJoin(String policy) {
    sending(policy, A, B);
    Frame before = frame();
    CallMember back = ManagerFixture.member("B", 500);
    members(A, back);
    assertThat(made).hasSize(2);
    List<Frame> after = speak(Duration.ofSeconds(3));
    List<Frame> settledFrames = after.subList(60, after.size());
    assertThat(settledFrames).noneMatch(frame -> reads(B, frame)).allMatch(f -> reads(back, f));
    assertThat(opens(transport.given(back), before)).isFalse();
    assertThat(reads(B, before)).as("control").isTrue();
  }

  /** What the leaver knows is forged with until the silent member speaks, and ten seconds more. */
  @Test
  void attackFramesForgedUnderASilentMembersKeyAreRefusedSoonAfterItSpeaks() {
    settled(RotationPolicies.demand(), A, B);
    Given stolen = transport.given(B).get(0);
    try (KeyRing receiver = new KeyRing(KeyRingSettings.defaults(), new Random(5), time);
        KeyRing forger = new KeyRing(KeyRingSettings.defaults(), new Random(6), time)) {
      putAll(receiver, A);
      put(forger, stolen);
      forger.use(new KeyIndex(stolen.index()));
      members(A);
      assertThat(accepts(receiver, forge(forger))).as("control: nobody has spoken").isTrue();
      speak(Duration.ofSeconds(1));
      putAll(receiver, A);
      Frame honest = frame();
      assertThat(accepts(receiver, honest.bytes())).as("control").isTrue();
      time.advance(Duration.ofSeconds(9));
      assertThat(accepts(receiver, forge(forger))).isTrue();
      time.advance(Duration.ofSeconds(1));
      assertThat(accepts(receiver, forge(forger))).isFalse();
      assertThat(accepts(receiver, honest.bytes())).as("control").isTrue();
    }
  }

  private void putAll(KeyRing ring, CallMember member) {
    transport.given(member).forEach(given -> put(ring, given));
  }

  private static void put(KeyRing ring, Given given) {
    try (MediaKey key = MediaKey.copyOf(given.material())) {
      ring.put(new KeyIndex(given.index()), key);
    }
  }

  private static byte[] forge(KeyRing ring) {
    byte[] out = new byte[200];
    FrameEncryptor encryptor = new FrameEncryptor(ring);
    encryptor.encrypt(Codec.AUDIO, FrameType.KEY, new byte[40], 0, 40, out, 0);
    return Arrays.copyOf(out, encryptor.outputLength());
  }

  private static boolean accepts(KeyRing ring, byte[] frame) {
    byte[] out = new byte[frame.length];
    return new FrameDecryptor(ring)
            .decrypt(Codec.AUDIO, FrameType.KEY, frame, 0, frame.length, out, 0)
        == FrameStatus.OK;
  }
}
