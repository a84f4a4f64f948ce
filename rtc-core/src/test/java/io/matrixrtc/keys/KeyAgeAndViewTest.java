package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.OwnRingGate.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyAgeAndViewTest extends CallFixture {
  @ParameterizedTest
  @ValueSource(strings = {"demand", "ratchet", "strict", "participant-limit", "budgeted"})
  void keyAgeAUsedKeyIsReplacedAfterAnHourMoreOrLess(String policy) {
    settled(RotationPolicies.named(policy, Map.of()), A);
    Instant start = time.now();
    int keys = made.size();
    int minutes = 0;
    while (made.size() == keys && minutes < 120) {
      keepSending(Duration.ofMinutes(1));
      minutes++;
    }
    if (policy.equals("budgeted")) {
      assertThat(minutes).isLessThanOrEqualTo(16);
    } else {
      assertThat(Duration.between(start, time.now()))
          .isBetween(Duration.ofMinutes(50), Duration.ofMinutes(67));
    }
    keepSending(Duration.ofSeconds(5));
    assertThat(reads(A, frame())).isTrue();
  }

  @Test
  void keyAgeParityKeepsItsKeyForEver() {
    settled(RotationPolicies.parity(), A);
    int keys = made.size();
    keepSending(Duration.ofHours(3));
    assertThat(made).hasSize(keys);
  }

  @Test
  void keyAgeAnAgedKeyOfASilentOneIsReplacedWhenItSpeaks() {
    settled(RotationPolicies.demand(), A);
    frame();
    time.advance(Duration.ofHours(2));
    assertThat(media.state()).isEqualTo(State.OWING);
    assertThat(made).hasSize(1);
    assertThat(frame().sent()).isFalse();
    time.advance(Duration.ofSeconds(1));
    assertThat(frame().sent()).isTrue();
    assertThat(made).hasSize(2);
  }

  @Test
  void keyAgeLivesDifferByATenthAndFramesEndThemToo() {
    Instant now = VirtualTime.START;
    for (int seed = 0; seed < 200; seed++) {
      KeyAge age = new KeyAge(new Random(seed));
      age.fresh(100);
      age.firstFrame(now);
      assertThat(age.endsAt().orElseThrow())
          .isBetween(now.plus(Duration.ofMinutes(54)), now.plus(Duration.ofMinutes(66)));
    }
    KeyAge age = new KeyAge(new Random(1));
    age.fresh(100);
    age.firstFrame(now);
    assertThat(age.isOver(now, 99 + KeyAge.MAX_FRAMES)).isFalse();
    assertThat(age.isOver(now, 100 + KeyAge.MAX_FRAMES)).isTrue();
  }

  @Test
  void keyViewWithoutASyncForTenSecondsMediaIsHeldUntilOneSucceeds() {
    settled(RotationPolicies.demand(), A);
    manager.onSynced();
    keepSending(Duration.ofMillis(9_900));
    assertThat(frame().sent()).isTrue();
    assertThat(events(KeyEvent.ViewStale.class)).isEmpty();
    time.advanceMillis(100);
    assertThat(events(KeyEvent.ViewStale.class)).hasSize(1);
    assertThat(frame().sent()).isFalse();
    time.advance(Duration.ofMinutes(1));
    assertThat(frame().sent()).isFalse();
    manager.onSynced();
    assertThat(events(KeyEvent.ViewMended.class)).hasSize(1);
    assertThat(frame().sent()).isTrue();
  }

  @Test
  void keyViewWhoLeftMeanwhileReadsNothingAfterwards() {
    settled(RotationPolicies.demand(), A, B);
    frame();
    manager.onSynced();
    time.advance(Duration.ofSeconds(30));
    members(A);
    manager.onSynced();
    assertThat(frame().sent()).isFalse();
    time.advance(Duration.ofSeconds(1));
    Frame frame = frame();
    assertThat(frame.sent()).isTrue();
    assertThat(reads(B, frame)).isFalse();
    assertThat(reads(A, frame)).isTrue();
  }

  @Test
  void keyViewTheAppMayChooseToGoOnAndIsStillTold() {
    settled(RotationPolicies.demand(), A);
    manager.setHoldsOnStaleView(false);
    manager.onSynced();
    frame();
    time.advance(Duration.ofSeconds(11));
    assertThat(events(KeyEvent.ViewStale.class)).hasSize(1);
    assertThat(frame().sent()).isTrue();
  }

  @Test
  void keyViewParityHoldsNothing() {
    settled(RotationPolicies.parity(), A);
    manager.onSynced();
    frame();
    time.advance(Duration.ofSeconds(11));
    assertThat(frame().sent()).isTrue();
  }

  @Test
  void keyViewARotationOwedForTenSecondsHoldsMediaUntilItReachesSomebody() {
    settled(RotationPolicies.strict(Duration.ofSeconds(1)), A, B);
    assertThat(frame().sent()).isTrue();
    transport.fails = member -> true;
    members(A);
    time.advanceMillis(9_999);
    assertThat(frame().sent()).isTrue();
    assertThat(events(KeyEvent.RotationOverdue.class)).isEmpty();
    time.advanceMillis(1);
    assertThat(events(KeyEvent.RotationOverdue.class)).hasSize(1);
    assertThat(frame().sent()).isFalse();
    transport.fails = member -> false;
    time.advance(Duration.ofMinutes(1));
    Frame frame = frame();
    assertThat(frame.sent()).isTrue();
    assertThat(reads(B, frame)).isFalse();
  }

  private void keepSending(Duration duration) {
    Instant end = time.now().plus(duration);
    while (time.now().isBefore(end)) {
      frame();
      Duration left = Duration.between(time.now(), end);
      time.advance(left.compareTo(Duration.ofSeconds(1)) < 0 ? left : Duration.ofSeconds(1));
    }
  }
}
