package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.matrixrtc.media.KeyIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RotationPoliciesTest {
  private static final Instant T = VirtualTime.START;
  private static final CallMember A = ManagerFixture.member("A");
  private static final CallMember B = ManagerFixture.member("B");

  @Test
  void rpNameEachPolicyIsFoundByItsNameAndParameters() {
    assertThat(RotationPolicies.named("parity", Map.of()))
        .isEqualTo(RotationPolicies.parity(Duration.ofSeconds(10), Duration.ofSeconds(1)));
    assertThat(RotationPolicies.named("parity", Map.of("grace", "PT0.5S", "use-delay", "PT5S")))
        .isEqualTo(RotationPolicies.parity(Duration.ofMillis(500), Duration.ofSeconds(5)));
    assertThat(RotationPolicies.named("strict", Map.of("use-delay", "PT2S")))
        .isEqualTo(RotationPolicies.strict(Duration.ofSeconds(2)));
  }

  @Test
  void rpNameAnUnknownNameParameterOrValueIsRefused() {
    assertThatThrownBy(() -> RotationPolicies.named("lax", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lax");
    assertThatThrownBy(() -> RotationPolicies.named("strict", Map.of("grace", "PT1S")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("grace");
    assertThatThrownBy(() -> RotationPolicies.named("parity", Map.of("grace", "soon")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("soon");
  }

  @Test
  void rpBoundGraceIs0To1HourAndUseDelay0To30Seconds() {
    Duration maxGrace = Duration.ofHours(1);
    Duration maxDelay = Duration.ofSeconds(30);
    assertThat(RotationPolicies.parity(maxGrace, maxDelay).name()).isEqualTo("parity");
    assertThat(RotationPolicies.parity(Duration.ZERO, Duration.ZERO).name()).isEqualTo("parity");
    for (Duration[] bad :
        new Duration[][] {
          {maxGrace.plusNanos(1), maxDelay},
          {maxGrace, maxDelay.plusNanos(1)},
          {Duration.ofNanos(-1), maxDelay},
          {maxGrace, Duration.ofNanos(-1)}
        }) {
      assertThatThrownBy(() -> RotationPolicies.parity(bad[0], bad[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void rpGraceAKeyJustUnderTheGracePeriodIsSharedAndOneOfThatAgeIsRotated() {
    RotationPolicy parity = RotationPolicies.parity();
    OwnKeyState held = new OwnKeyState.Held(KeyIndex.ZERO, T, Set.of(A), true);
    Set<CallMember> present = Set.of(A, B);
    assertThat(parity.plan(RotationView.of(held, present, T.plusMillis(9_999))))
        .isEqualTo(new RotationPlan.Share(Set.of(B)));
    assertThat(parity.plan(RotationView.of(held, present, T.plusMillis(10_000))))
        .isInstanceOfSatisfying(
            RotationPlan.Rotate.class,
            rotate -> assertThat(rotate.cause()).isEqualTo(RotationPlan.Cause.MEMBER_JOINED));
    assertThat(RotationPolicies.strict(Duration.ZERO).plan(RotationView.of(held, present, T)))
        .isInstanceOf(RotationPlan.Rotate.class);
  }

  @Test
  void rpClockAClockThatWasSetBackMakesNoOldKeyYoung_ours() {
    OwnKeyState held = new OwnKeyState.Held(KeyIndex.ZERO, T, Set.of(A), true);
    Set<CallMember> present = Set.of(A, B);
    for (RotationPolicy policy :
        List.of(RotationPolicies.parity(), RotationPolicies.strict(Duration.ZERO))) {
      assertThat(policy.plan(RotationView.of(held, present, T.minusMillis(1))))
          .isInstanceOf(RotationPlan.Rotate.class);
    }
    assertThat(RotationPolicies.parity().plan(RotationView.of(held, present, T)))
        .isEqualTo(new RotationPlan.Share(Set.of(B)));
  }

  @Test
  void rpLeaveWinsOverAJoinWhateverTheAge() {
    OwnKeyState held = new OwnKeyState.Held(KeyIndex.ZERO, T, Set.of(A), true);
    assertThat(RotationPolicies.parity().plan(RotationView.of(held, Set.of(B), T)))
        .isInstanceOfSatisfying(
            RotationPlan.Rotate.class,
            rotate -> assertThat(rotate.cause()).isEqualTo(RotationPlan.Cause.MEMBER_LEFT));
    assertThat(RotationPolicies.parity().plan(RotationView.of(held, Set.of(A), T)))
        .isEqualTo(RotationPlan.Keep.UNTIL_A_CHANGE);
  }

  @Test
  void rpFirstTheFirstIndexIs0() {
    assertThat(RotationPolicies.parity().firstIndex(new java.util.Random(1)))
        .isEqualTo(KeyIndex.ZERO);
  }

  @Test
  void rpAskAPolicyThatAsksForItIsAskedAgainWithoutAChange() {
    ManagerFixture f = new ManagerFixture();
    RotationPolicy hourly =
        new RotationPolicy() {
          @Override
          public String name() {
            return "hourly";
          }

          @Override
          public RotationPlan plan(RotationView view) {
            if (view.own() instanceof OwnKeyState.Held held
                && view.now().isBefore(held.createdAt().plusSeconds(3_600))) {
              return new RotationPlan.Keep(
                  java.util.Optional.of(held.createdAt().plusSeconds(3_600)));
            }
            return new RotationPlan.Rotate(
                RotationPlan.Cause.FIRST_KEY, new RotationPlan.Use.AtOnce());
          }
        };
    EncryptionManager manager = f.manager(hourly);
    manager.start();
    manager.onMembers(Set.of());
    manager.onMembers(Set.of());
    f.time.advance(Duration.ofHours(1).minusMillis(1));
    assertThat(f.made).hasSize(1);
    f.time.advanceMillis(1);
    assertThat(f.made).hasSize(2);
  }

  @Test
  void rpEligAPolicyThatForgetsWhoLeftStillReachesNobodyWhoDid() {
    ManagerFixture f = new ManagerFixture();
    f.transport.outcome = member -> FakeTransport.FAILED;
    RotationPolicy forgetful =
        new RotationPolicy() {
          @Override
          public String name() {
            return "forgetful";
          }

          @Override
          public RotationPlan plan(RotationView view) {
            return view.own() instanceof OwnKeyState.None
                ? new RotationPlan.Rotate(
                    RotationPlan.Cause.FIRST_KEY, new RotationPlan.Use.AtOnce())
                : new RotationPlan.Share(Set.of(A, B));
          }
        };
    EncryptionManager manager = f.manager(forgetful);
    manager.start();
    manager.onMembers(Set.of(A, B));
    manager.onMembers(Set.of(B));
    f.time.advance(Duration.ofMinutes(1));
    assertThat(f.transport.log()).startsWith("0>A,B", "0>B").hasSizeGreaterThan(3);
    assertThat(f.transport.log().stream().skip(1)).containsOnly("0>B");
  }

  @Test
  void emBackoffDoublesFrom1SecondToAMinute() {
    assertThat(RetryDelay.after(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(RetryDelay.after(2)).isEqualTo(Duration.ofSeconds(2));
    assertThat(RetryDelay.after(6)).isEqualTo(Duration.ofSeconds(32));
    assertThat(RetryDelay.after(7)).isEqualTo(Duration.ofMinutes(1));
    assertThat(RetryDelay.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(1));
  }
}
