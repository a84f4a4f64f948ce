package io.matrixrtc.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.cases.Cases;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.OwnKeyState;
import io.matrixrtc.keys.RotationPlan;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.keys.RotationView;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random schedules of whole calls, and a control for each rule: a call that must breach it. */
class RandomCallTest {
  private static final RotationPolicy STRICT = RotationPolicies.strict(Duration.ofSeconds(1));

  @Test
  void emInvariantsHoldInRandomCallsUnderParity() {
    Cases.run(
        "random calls, parity",
        60,
        700,
        (seed, random) -> {
          RandomCall call = new RandomCall(random, RotationPolicies.parity(), false);
          call.run();
          assertThat(call.report()).isEmpty();
        });
  }

  @Test
  void emInvariantsHoldInRandomCallsUnderStrictAndNoJoinerHasAnEarlierKey() {
    Cases.run(
        "random calls, strict",
        60,
        700,
        (seed, random) -> {
          RandomCall call = new RandomCall(random, STRICT, true);
          call.run();
          assertThat(call.report()).isEmpty();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"demand", "ratchet"})
  void emInvariantsHoldInRandomCallsOnDemandAndNoJoinerHasAnEarlierKey(String policy) {
    Cases.run(
        "random calls, " + policy,
        60,
        700,
        (seed, random) -> {
          RandomCall call = new RandomCall(random, RotationPolicies.named(policy, Map.of()), true);
          call.run();
          assertThat(call.report()).isEmpty();
        });
  }

  @Test
  void controlAPolicyThatIgnoresLeaversIsCaught() {
    assertThat(breaches(new Careless(), false)).contains("I1").doesNotContain("I2");
  }

  @Test
  void controlASendToSomeoneWhoLeftIsCaught() {
    RandomCall call = new RandomCall(new SplittableRandom(1), STRICT, true);
    RandomCall.Member first = call.members.get(0);
    RandomCall.Member second = call.members.get(1);
    first.join();
    second.join();
    call.time.advance(Duration.ofSeconds(10));
    assertThat(call.report()).isEmpty();
    first.learned.clear();
    call.network.observer.accept(call.network.sent.get(0));
    assertThat(call.report()).contains("I1");
  }

  @Test
  void controlParityGivesJoinersKeysThatWereUsedBefore() {
    assertThat(breaches(RotationPolicies.parity(), true)).contains("I3").doesNotContain("I1");
  }

  @Test
  void controlADeviceThatCanNeverBeServedIsCaught() {
    RandomCall call = new RandomCall(new SplittableRandom(3), STRICT, true);
    call.network.outcome = (from, to) -> new Outcome.UnknownDevice();
    call.run();
    assertThat(call.report()).contains("I2");
  }

  private static String breaches(RotationPolicy policy, boolean noLateKeys) {
    StringBuilder all = new StringBuilder();
    for (int seed = 0; seed < 20; seed++) {
      RandomCall call = new RandomCall(new SplittableRandom(seed), policy, noLateKeys);
      call.run();
      all.append(call.report());
    }
    return all.toString();
  }

  /** Never makes a second key. */
  private static final class Careless implements RotationPolicy {
    @Override
    public String name() {
      return "careless";
    }

    @Override
    public boolean sharesUsedKeys() {
      return true;
    }

    @Override
    public RotationPlan plan(RotationView view) {
      if (!(view.own() instanceof OwnKeyState.Held held)) {
        return new RotationPlan.Rotate(RotationPlan.Cause.FIRST_KEY, new RotationPlan.Use.AtOnce());
      }
      Set<CallMember> joined = new HashSet<>(view.present());
      joined.removeAll(held.offered());
      return joined.isEmpty() ? RotationPlan.Keep.UNTIL_A_CHANGE : new RotationPlan.Share(joined);
    }
  }
}
