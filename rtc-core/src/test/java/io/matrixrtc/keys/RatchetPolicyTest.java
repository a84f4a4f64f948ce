package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.media.Codec;
import io.matrixrtc.media.DataPacketCipher;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.FrameType;
import io.matrixrtc.media.KeyMaterial;
import io.matrixrtc.media.KeyRingSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** KEY-R0 to KEY-R6, with real rings and frames. */
class RatchetPolicyTest extends CallFixture {
  private static final RotationPolicy RATCHET = RotationPolicies.ratchet(Duration.ofSeconds(1));

  private void sending(CallMember... members) {
    settled(RATCHET, members);
    walkers(Stream.concat(Stream.of(members), Stream.of(C, D)).toArray(CallMember[]::new));
    speak(Duration.ofSeconds(3));
    transport.log.clear();
  }

  private void walkers(CallMember... members) {
    manager.onWalkingReceivers(
        Stream.of(members).map(CallMember::device).collect(Collectors.toSet()));
  }

  @Test
  void keyR1AJoinerIsLetInByTwoGenerationsAndReadsNothingFromBefore() {
    sending(A, B);
    Frame before = frame();
    members(A, B, C);
    assertThat(transport.log).as("one message, to the joiner").hasSize(1);
    List<Frame> frames = speak(Duration.ofSeconds(3));
    Frame last = frames.get(frames.size() - 1);
    assertThat(last.generation()).isEqualTo(2);
    assertThat(last.index()).isEqualTo(before.index());
    assertThat(reads(C, last)).isTrue();
    assertThat(reads(A, last)).as("receivers walk").isTrue();
    assertThat(frames).filteredOn(frame -> frame.generation() == 0).isNotEmpty();
    assertThat(frames)
        .filteredOn(frame -> frame.generation() == 0)
        .noneMatch(frame -> reads(C, frame));
    assertThat(frames).noneMatch(frame -> frame.generation() == 1);
    assertThat(made).hasSize(1);
  }

  @Test
  void keyR1MaterialOneStepOnWouldOpenWhatWasSentBefore() {
    sending(A);
    Frame before = frame();
    byte[] one;
    try (KeyMaterial first = KeyMaterial.of(made.get(0));
        KeyMaterial second =
            first.next(KeyRingSettings.LIVEKIT_SALT.getBytes(StandardCharsets.UTF_8))) {
      one = second.copyBytes();
    }
    assertThat(opens(List.of(new Given(before.index(), one, before.at())), before)).isTrue();
  }

  @Test
  void keyR0OneReceiverThatIsNotKnownToWalkMakesEveryJoinARotation() {
    sending(A, B);
    walkers(A, C, D);
    members(A, B, C);
    speak(Duration.ofSeconds(7));
    members(A, B, C, D);
    speak(Duration.ofSeconds(7));
    assertThat(made).hasSize(3);
    assertThat(events(KeyEvent.OwnKeyAdvanced.class)).isEmpty();
    assertThat(reads(D, frame())).isTrue();
  }

  @Test
  void keyR0AMediaLayerThatCannotAdvanceRotates() {
    media.advances = false;
    sending(A);
    members(A, C);
    speak(Duration.ofSeconds(2));
    assertThat(made).hasSize(2);
  }

  @Test
  void keyR2ALeaveEndsTheKeyAndAPendingStep() {
    sending(A, B);
    members(A, B, C);
    speak(Duration.ofMillis(500));
    members(A, C);
    speak(Duration.ofSeconds(3));
    Frame frame = frame();
    assertThat(made).hasSize(2);
    assertThat(frame.generation()).isZero();
    assertThat(reads(B, frame)).isFalse();
    assertThat(reads(C, frame)).isTrue();
  }

  @Test
  void keyR3TheGenerationChangesForAllTracksAtOnce() {
    sending(A);
    FrameEncryptor second = new FrameEncryptor(media.ring);
    members(A, C);
    byte[] out = new byte[200];
    Set<Integer> differences = new HashSet<>();
    for (int i = 0; i < 150; i++) {
      Frame frame = frame();
      second.encrypt(Codec.AUDIO, FrameType.KEY, new byte[50], 0, 50, out, 0);
      differences.add(second.generation() - frame.generation());
      time.advanceMillis(20);
    }
    assertThat(differences).containsExactly(0);
    assertThat(media.encryptor.generation()).as("control: it changed").isEqualTo(2);
  }

  @Test
  void keyR4NoStepWhileAMessageIsUnconfirmedThenTheSenderRotates() {
    sending(A, B);
    transport.fails = member -> member.equals(C);
    members(A, B, C);
    speak(Duration.ofSeconds(3));
    assertThat(events(KeyEvent.OwnKeyAdvanced.class)).hasSize(1);
    members(A, B, C, D);
    speak(Duration.ofMillis(1_900));
    assertThat(made).as("waits two seconds at most").hasSize(1);
    transport.fails = member -> false;
    speak(Duration.ofSeconds(3));
    assertThat(reads(D, frame())).isTrue();
    for (CallMember member : List.of(A, B, C, D)) {
      List<Given> given = transport.given(member);
      given.forEach(
          one ->
              assertThat(given)
                  .filteredOn(other -> other.index() == one.index())
                  .allMatch(
                      other -> Arrays.equals(other.material(), one.material()),
                      "an index is never sent again with other material"));
    }
  }

  @Test
  void keyR4TwoAdvancesAreTwoSecondsApart_ours() {
    sending(A);
    members(A, C);
    speak(Duration.ofMillis(1_600));
    members(A, C, D);
    List<Frame> frames = speak(Duration.ofSeconds(4));
    List<Frame> second = frames.stream().filter(frame -> frame.generation() == 2).toList();
    assertThat(frames).anyMatch(frame -> frame.generation() == 4);
    assertThat(frames).filteredOn(frame -> frame.generation() == 2).hasSizeBetween(1, 120);
    Duration apart =
        Duration.between(
            second.get(0).at(),
            frames.stream().filter(f -> f.generation() == 4).findFirst().orElseThrow().at());
    assertThat(apart).isGreaterThan(Duration.ofMillis(1_400));
    assertThat(made).hasSize(1);
  }

  @Test
  void keyR4WhenOthersLostAnAdvancedKeyThereIsANewOne() {
    sending(A);
    members(A, C);
    speak(Duration.ofSeconds(3));
    manager.onKeyLostByOthers();
    speak(Duration.ofSeconds(2));
    assertThat(made).hasSize(2);
    assertThat(reads(A, frame())).isTrue();
  }

  @Test
  void keyR5FiveAdvancesThenANewKeyForAll() {
    sending(A);
    List<CallMember> members = new ArrayList<>(List.of(A));
    for (int i = 0; i < 6; i++) {
      members.add(ManagerFixture.member("J" + i));
      walkers(members.toArray(CallMember[]::new));
      manager.onMembers(members);
      speak(Duration.ofSeconds(4));
    }
    assertThat(events(KeyEvent.OwnKeyAdvanced.class))
        .extracting(KeyEvent.OwnKeyAdvanced::generation)
        .containsExactly(2, 4, 6, 8, 10);
    assertThat(made).hasSize(2);
    Frame frame = frame();
    members.forEach(member -> assertThat(reads(member, frame)).isTrue());
  }

  @Test
  void keyR5NoAdvanceSixtySecondsAfterTheFirst() {
    sending(A);
    members(A, C);
    speak(Duration.ofSeconds(62));
    assertThat(events(KeyEvent.OwnKeyAdvanced.class)).hasSize(1);
    members(A, C, D);
    speak(Duration.ofSeconds(3));
    assertThat(events(KeyEvent.OwnKeyAdvanced.class)).hasSize(1);
    assertThat(made).hasSize(2);
  }

  @Test
  void keyR6WithDataPacketsInUseTheSenderRotates() {
    sending(A);
    manager.onDataPackets(true);
    members(A, C);
    speak(Duration.ofSeconds(2));
    assertThat(made).hasSize(2);
    assertThat(events(KeyEvent.OwnKeyAdvanced.class)).isEmpty();
  }

  @Test
  void keyR6TheFirstDataPacketUnderTheRingIsNoticedByItself() throws Exception {
    sending(A);
    members(A, C);
    speak(Duration.ofSeconds(3));
    assertThat(events(KeyEvent.OwnKeyAdvanced.class)).as("control").hasSize(1);
    int keys = made.size();
    new DataPacketCipher(media.ring).encrypt(new byte[] {1});
    members(A, C, D);
    speak(Duration.ofSeconds(2));
    assertThat(made).hasSize(keys + 1);
    assertThat(events(KeyEvent.OwnKeyAdvanced.class)).hasSize(1);
  }

  @Test
  void keyR1KeysOfARatchetHave32Bytes() {
    sending(A);
    assertThat(made.get(0).lengthBytes()).isEqualTo(32);
    assertThat(RotationPolicies.demand().keyBytes()).isEqualTo(16);
  }
}
