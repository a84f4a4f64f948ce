package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for own keys whatever a policy plans, and what becomes of them. */
class OwnKeyRulesTest extends CallFixture {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Gives every joiner the newest key, used or not. */
  private record Careless(boolean sharesUsedKeys) implements RotationPolicy {
    @Override
    public String name() {
      return "careless";
    }

    @Override
    public RotationPlan plan(RotationView view) {
      if (view.own() instanceof OwnKeyState.None) {
        return new RotationPlan.Rotate(RotationPlan.Cause.FIRST_KEY, new RotationPlan.Use.AtOnce());
      }
      return view.joined().isEmpty()
          ? RotationPlan.Keep.UNTIL_A_CHANGE
          : new RotationPlan.Share(view.joined());
    }
  }

  private static CallMember[] crowd(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> ManagerFixture.member("M" + i))
        .toArray(CallMember[]::new);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keyEligAPolicyCannotShareAUsedKeyUnlessItSaysThatItDoes(boolean says) {
    manager = manager(new Careless(says));
    manager.start();
    members(A);
    time.advance(SECOND);
    Frame before = frame();
    assertThat(reads(A, before)).as("control").isTrue();
    members(A, B);
    speak(SECOND);
    assertThat(transport.given(B)).hasSize(says ? 1 : 0);
    assertThat(reads(B, before)).isEqualTo(says);
  }

  @Test
  void keySendAMessageThatMayYetGetThroughIsWaitedForAndARefusedOneIsNot() {
    settled(RotationPolicies.demand(), A, B, C);
    speak(SECOND);
    transport.fails = B::equals;
    members(A, B);
    time.advanceMillis(1_900);
    assertThat(reads(C, frame()))
        .as("B was not reached: the old key, until the last moment")
        .isTrue();
    time.advanceMillis(100);
    assertThat(reads(C, frame())).isFalse();
    transport.fails = member -> false;
    transport.refuses = B::equals;
    members(B);
    time.advanceMillis(1_100);
    assertThat(reads(A, frame())).as("control: nobody is waited for").isFalse();
  }

  @Test
  void keySendThreeJoinsRotateAtOnceAndFourWaitForMore() {
    CallMember[] crowd = crowd(8);
    settled(RotationPolicies.demand(), crowd[0]);
    speak(SECOND);
    int keys = made.size();
    manager.onMembers(List.of(crowd).subList(0, 4));
    assertThat(made).as("three").hasSize(keys + 1);
    speak(Duration.ofSeconds(5));
    manager.onMembers(List.of(crowd).subList(0, 8));
    speak(Duration.ofMillis(480));
    assertThat(made).as("four").hasSize(keys + 1);
    speak(Duration.ofMillis(40));
    assertThat(made).hasSize(keys + 2);
  }

  @Test
  void keySendJoinsOfTwoSecondsAgoDoNotMakeManyOfOneMore() {
    CallMember[] crowd = crowd(5);
    settled(RotationPolicies.demand(), crowd[0]);
    speak(SECOND);
    manager.onMembers(List.of(crowd).subList(0, 4));
    speak(Duration.ofMillis(2_500)); // their key is in use by now
    int keys = made.size();
    manager.onMembers(List.of(crowd));
    assertThat(made).hasSize(keys + 1);
  }

  @Test
  void emWipeNoKeyOutlivesTheManager() {
    settled(RotationPolicies.demand(), A, B);
    speak(SECOND);
    List<MediaKey> received =
        List.of(
            received(A, 1), // in a ring
            received(B, 2),
            received(C, 3)); // of nobody here
    members(A); // B's ring waits for its return; an own key is on its way
    speak(Duration.ofMillis(100));
    assertThat(made).hasSizeGreaterThan(1);
    assertThat(received).as("control").noneMatch(MediaKey::isDestroyed);
    assertThat(made.get(made.size() - 1).isDestroyed()).as("control").isFalse();
    manager.close();
    time.advance(SECOND);
    assertThat(received).allMatch(MediaKey::isDestroyed);
    assertThat(made).allMatch(MediaKey::isDestroyed);
  }

  private MediaKey received(CallMember from, int material) {
    MediaKey key = ManagerFixture.key(material);
    transport.receive(
        new ReceivedKey(
            from.device(),
            new SenderEvidence.OlmDevice(from.device(), Trust.CROSS_SIGNED),
            from.memberId(),
            new KeyIndex(1),
            key,
            Optional.empty(),
            KeyWay.TO_DEVICE));
    return key;
  }
}
