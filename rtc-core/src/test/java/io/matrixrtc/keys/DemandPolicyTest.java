package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.OwnRingGate.State;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules of {@code demand}, each with real rings and frames. */
class DemandPolicyTest extends CallFixture {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private void sending(CallMember... members) {
    settled(RotationPolicies.demand(), members);
    assertThat(speak(SECOND)).hasSize(50);
    transport.log.clear();
  }

  @Test
  void keySilentWhoComesToOthersMakesNoKeyBeforeItSpeaks() {
    manager.start();
    members(A, B);
    time.advance(Duration.ofMinutes(10));
    assertThat(made).isEmpty();
    assertThat(media.state()).isEqualTo(State.OWING);
    assertThat(frame().sent()).isFalse();
    assertThat(made).as("control: the first frame makes one").hasSize(1);
  }

  @Test
  void keySilentWhoIsAloneHasAKeyAndLetsJoinersIntoItInTheBackground() {
    manager.start();
    members();
    assertThat(made).hasSize(1);
    members(A);
    members(A, B);
    assertThat(transport.log).isEmpty();
    time.advance(Duration.ofSeconds(10));
    assertThat(transport.given(A)).hasSize(1);
    assertThat(transport.given(B)).hasSize(1);
    assertThat(made).hasSize(1);
    assertThat(frame().sent()).as("who owes nothing has no hold").isTrue();
  }

  @Test
  void keySilentTheBackgroundSpends200MessagesAMinute() {
    CallMember[] crowd =
        IntStream.range(0, 450)
            .mapToObj(i -> ManagerFixture.member("M" + i))
            .toArray(CallMember[]::new);
    manager.start();
    members();
    members(crowd);
    time.advance(Duration.ofSeconds(11));
    assertThat(transport.messages).isBetween(200, 237);
    time.advance(Duration.ofSeconds(60));
    assertThat(transport.messages).isBetween(390, 437);
    time.advance(Duration.ofSeconds(60));
    assertThat(transport.messages).isEqualTo(450);
  }

  @Test
  void keySilentAFrameOffersWhatWaitedInTheBackgroundAtOnce() {
    manager.start();
    members();
    members(A);
    assertThat(frame().sent()).isTrue();
    assertThat(transport.given(A)).hasSize(1);
  }

  @Test
  void keySilentBeginsTwoSecondsAfterTheLastFrameAndOpusDtxIsNoSilence() {
    sending(A, B);
    for (int i = 0; i < 20; i++) { // DTX sends every 0.4 s
      assertThat(frame().sent()).isTrue();
      time.advanceMillis(400);
      assertThat(media.state()).isEqualTo(State.SENDING);
    }
    time.advanceMillis(1_500);
    assertThat(media.state()).isEqualTo(State.SENDING);
    time.advanceMillis(1_100);
    assertThat(media.state()).isEqualTo(State.READY);
  }

  @Test
  void keySilentALeaveCostsASilentOneNothingUntilItSpeaks() {
    settled(RotationPolicies.demand(), A, B);
    int before = transport.messages;
    members(A);
    time.advance(Duration.ofMinutes(30));
    assertThat(transport.messages).isEqualTo(before);
    assertThat(media.state()).isEqualTo(State.OWING);
  }

  @Test
  void keySilentALikelySpeakerIsMadeReadyOnceNobodyHasLeftForAMinute() {
    sending(A, B, C);
    time.advance(Duration.ofSeconds(3));
    members(A, B);
    time.advance(Duration.ofSeconds(59));
    assertThat(transport.log).isEmpty();
    time.advance(Duration.ofSeconds(12));
    assertThat(transport.log).hasSize(1);
    assertThat(media.state()).isEqualTo(State.READY);
    Frame frame = frame();
    assertThat(frame.sent()).as("no hold").isTrue();
    assertThat(reads(C, frame)).isFalse();
    assertThat(reads(A, frame)).as("control").isTrue();
  }

  @Test
  void keySilentAHintOfTheAppMakesReadyToo() {
    settled(RotationPolicies.demand(), A, B);
    members(A);
    time.advance(Duration.ofMinutes(2));
    assertThat(media.state()).isEqualTo(State.OWING);
    manager.onLikelySpeaker(true);
    time.advance(Duration.ofSeconds(11));
    assertThat(media.state()).isEqualTo(State.READY);
  }

  @Test
  void keyHoldTheFirstFrameOfWhoOwesWaitsForAllAnd300Milliseconds() {
    settled(RotationPolicies.demand(), A, B);
    members(A);
    assertThat(frame().sent()).isFalse();
    assertThat(events(KeyEvent.HoldStarted.class)).hasSize(1);
    time.advanceMillis(349);
    assertThat(frame().sent()).isFalse();
    time.advanceMillis(1);
    Frame first = frame();
    assertThat(first.sent()).isTrue();
    assertThat(reads(A, first)).isTrue();
    assertThat(reads(B, first)).isFalse();
    assertThat(media.keyFramesWanted).isEqualTo(1);
  }

  @Test
  void keyHoldEndsAfterASecondWhoeverHasConfirmed() {
    settled(RotationPolicies.demand(), A, B);
    transport.answers = false;
    members(A);
    frame();
    time.advanceMillis(999);
    assertThat(frame().sent()).isFalse();
    time.advanceMillis(1);
    assertThat(frame().sent()).isTrue();
  }

  @Test
  void keyHoldAJoinInItIsOfferedTheKeyAndALeaveInItDoesNotRestartIt() {
    settled(RotationPolicies.demand(), A, B, C);
    members(A, B);
    frame();
    time.advanceMillis(100);
    members(A, B, D);
    time.advanceMillis(100);
    members(A, D);
    time.advanceMillis(200);
    Frame first = frame();
    assertThat(first.sent()).isTrue();
    assertThat(reads(D, first)).isTrue();
    assertThat(reads(C, first)).isFalse();
    assertThat(reads(B, first)).as("an ordinary leave of a sender, handled right after").isTrue();
    time.advanceMillis(1_100);
    assertThat(reads(B, frame())).isFalse();
  }

  @Test
  void keySendASenderReplacesATaintedKeyAtOnceAndUsesItASecondAfterTheConfirmation() {
    sending(A, B);
    members(A);
    assertThat(transport.log).hasSize(1);
    time.advanceMillis(1_049);
    assertThat(reads(B, frame())).isTrue();
    time.advanceMillis(1);
    Frame after = frame();
    assertThat(reads(B, after)).isFalse();
    assertThat(reads(A, after)).isTrue();
  }

  @Test
  void keySendTheNewKeyIsUsedTwoSecondsAfterTheChangeWhoeverHasConfirmed() {
    sending(A, B);
    transport.answers = false;
    members(A);
    for (int i = 0; i < 99; i++) {
      assertThat(reads(B, frame())).isTrue();
      time.advanceMillis(20);
    }
    time.advanceMillis(20);
    assertThat(reads(B, frame())).isFalse();
  }

  @Test
  void keySendAJoinerWhoMayNotHaveTheUsedKeyCausesANewOne() {
    sending(A);
    Frame before = frame();
    members(A, B);
    List<Frame> frames = speak(Duration.ofSeconds(2));
    Frame last = frames.get(frames.size() - 1);
    assertThat(reads(B, last)).isTrue();
    assertThat(reads(B, before)).isFalse();
    assertThat(reads(A, before)).as("control").isTrue();
  }

  @Test
  void keySendManyJoinsWithinHalfASecondAreOneRotation() {
    sending(A);
    Set<CallMember> crowd = new HashSet<>(Set.of(A));
    for (int i = 0; i < 3; i++) {
      crowd.add(ManagerFixture.member("Early" + i));
      manager.onMembers(crowd);
      speak(Duration.ofMillis(100));
    }
    speak(Duration.ofMillis(1_000));
    int keys = made.size();
    for (int i = 0; i < 5; i++) {
      crowd.add(ManagerFixture.member("Late" + i));
      manager.onMembers(crowd);
      speak(Duration.ofMillis(90));
    }
    speak(Duration.ofSeconds(3));
    assertThat(made).hasSize(keys + 1);
    assertThat(reads(ManagerFixture.member("Late4"), frame())).isTrue();
  }

  @Test
  void keySendWhoLeavesDuringARotationIsLockedOutByAKeyThatFollowsAtOnce() {
    sending(A, B, C);
    members(A, B);
    speak(Duration.ofMillis(700));
    members(A);
    assertThat(transport.log).hasSize(2);
    List<Frame> frames = speak(Duration.ofMillis(1_100));
    assertThat(frames).anyMatch(frame -> !reads(C, frame) && reads(B, frame));
    assertThat(reads(B, frame())).isFalse();
    assertThat(reads(A, frame())).isTrue();
  }

  @Test
  void keySendMoreLeavesInOneRotationWaitASecond() {
    CallMember[] all =
        IntStream.range(0, 10)
            .mapToObj(i -> ManagerFixture.member("M" + i))
            .toArray(CallMember[]::new);
    sending(all);
    int keys = made.size();
    for (int gone = 1; gone <= 8; gone++) {
      manager.onMembers(List.of(all).subList(gone, 10));
      speak(Duration.ofMillis(100));
    }
    assertThat(made).hasSize(keys + 2);
    speak(Duration.ofSeconds(3));
    assertThat(made).hasSize(keys + 3);
    Frame last = frame();
    IntStream.range(0, 8).forEach(gone -> assertThat(reads(all[gone], last)).isFalse());
    assertThat(reads(all[9], last)).isTrue();
  }

  @Test
  void keySendTheFirstIndexIsRandomAndNoneComesBackBefore255Others() {
    Set<Integer> first = new HashSet<>();
    Random random = new Random(4);
    for (int i = 0; i < 100; i++) {
      first.add(RotationPolicies.demand().firstIndex(random).value());
    }
    assertThat(first).hasSizeGreaterThan(50);
    manager.start();
    members();
    for (int i = 0; i < 300; i++) {
      frame();
      members(A);
      speak(Duration.ofMillis(1_200));
      members();
    }
    List<Integer> indexes =
        events(KeyEvent.RotationStarted.class).stream().map(e -> e.index().value()).toList();
    assertThat(indexes).hasSizeGreaterThan(300);
    for (int i = 0; i < indexes.size(); i++) {
      assertThat(indexes.subList(Math.max(0, i - 255), i)).doesNotContain(indexes.get(i));
    }
  }

  @Test
  void keySendWithoutAGateADeviceAlwaysSends() {
    media.connects = false;
    manager.start();
    members(A, B);
    assertThat(frame().sent()).as("as upstream: used at once").isTrue();
    time.advance(SECOND);
    members(A);
    time.advanceMillis(1_100);
    assertThat(reads(B, frame())).isFalse();
    assertThat(reads(A, frame())).isTrue();
  }

  @Test
  void keyEligARetryReachesOnlyWhoWasKnownBeforeTheFirstFrame() {
    transport.fails = member -> member.equals(B);
    settled(RotationPolicies.demand(), A, B);
    Frame frame = frame();
    assertThat(frame.sent()).isTrue();
    CallMember again = ManagerFixture.member("B", 300);
    transport.fails = member -> false;
    members(A, again);
    speak(Duration.ofSeconds(4));
    assertThat(reads(again, frame)).isFalse();
    assertThat(reads(again, frame())).as("control").isTrue();
  }

  @Test
  void keyEligADeviceThatIsBarredIsALeaverAtOnceAndAJoinerWhenItMeetsThePolicyAgain() {
    sending(A, B);
    manager.onBarredDevices(Map.of(B.device(), "blocked"));
    speak(Duration.ofSeconds(2));
    Frame barred = frame();
    assertThat(reads(B, barred)).isFalse();
    assertThat(reads(A, barred)).isTrue();
    manager.onBarredDevices(Map.of());
    speak(Duration.ofSeconds(2));
    assertThat(reads(B, frame())).isTrue();
    assertThat(reads(B, barred)).as("nor what was sent meanwhile").isFalse();
  }

  @Test
  void keyEligADeviceThatWasBarredBeforeItJoinedIsOfferedNothingAndCostsNothing() {
    sending(A);
    manager.onBarredDevices(Map.of(B.device(), "not signed"));
    members(A, B);
    speak(Duration.ofSeconds(2));
    members(A);
    speak(Duration.ofSeconds(2));
    assertThat(transport.given(B)).isEmpty();
    assertThat(made).hasSize(1);
    assertThat(events(KeyEvent.MemberBarred.class)).hasSize(1);
    members(A, C);
    speak(Duration.ofSeconds(2));
    members(A);
    speak(Duration.ofSeconds(2));
    assertThat(made).as("control: who is not barred").hasSize(3);
  }

  @Test
  void keyEligWhatWasSaidBeforeTheJoinCountsInIt() {
    manager = manager(RotationPolicies.demand());
    manager.onBarredDevices(Map.of(B.device(), "not signed"));
    manager.start();
    members(A, B);
    speak(Duration.ofSeconds(3));
    assertThat(transport.given(B)).isEmpty();
    assertThat(reads(A, frame())).as("control").isTrue();
    manager.stop();
    manager.start();
    members(A, B);
    speak(Duration.ofSeconds(3));
    assertThat(transport.given(B)).isEmpty();
  }

  @Test
  void emServedADeviceThatTheTransportRefusedBeforeItSentAnythingIsNoLeaver_ours() {
    sending(A);
    transport.refuses = member -> member.equals(B);
    members(A, B);
    speak(Duration.ofSeconds(3));
    int keys = made.size();
    members(A);
    speak(Duration.ofSeconds(3));
    assertThat(made).as("nobody who left has the key").hasSize(keys);
    transport.refuses = member -> false;
    transport.fails = member -> member.equals(B);
    members(A, B);
    speak(Duration.ofSeconds(3));
    keys = made.size();
    members(A);
    speak(Duration.ofSeconds(3));
    assertThat(made).as("control: a message may have got through").hasSizeGreaterThan(keys);
  }

  @Test
  void emServedADeviceThatWasRefusedFirstAndServedThenIsALeaver() {
    sending(A);
    transport.refuses = member -> member.equals(B);
    members(A, B);
    speak(Duration.ofSeconds(3));
    transport.refuses = member -> false;
    speak(Duration.ofSeconds(20));
    assertThat(reads(B, frame())).isTrue();
    members(A);
    speak(Duration.ofSeconds(3));
    assertThat(reads(B, frame())).isFalse();
  }

  @Test
  void keyRetireTheCurrentKeyIsOfferedToAllAgainWhenTheOwnMembershipIsBack() {
    sending(A, B);
    manager.onKeyLostByOthers();
    assertThat(transport.log).hasSize(1);
    assertThat(transport.log.get(0)).endsWith(">A,B");
    assertThat(made).hasSize(1);
  }
}
