package io.matrixrtc.testkit.demo;

import static io.matrixrtc.testkit.demo.SyntheticEvidence.ALICE;
import static io.matrixrtc.testkit.demo.SyntheticEvidence.BOB;
import static io.matrixrtc.testkit.demo.SyntheticEvidence.DAVE;
import static io.matrixrtc.testkit.demo.SyntheticEvidence.ERIN;
import static io.matrixrtc.testkit.demo.SyntheticEvidence.LEFT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check must fail on what it is there for, and on nothing else. */
class DemoChecksTest {
  private static final String JOINER = "late-joiner-reads-nothing-older";
  private static final String LEAVER = "leaver-reads-nothing-newer";
  private static final String RETURNER = "returner-reads-nothing-between";
  private static final String EXPOSURE = "exposure-after-leave";

  @Test
  void allIsWellWithTheUnspoiltCall() {
    DemoChecks examined = examine("strict", unspoilt -> {});
    assertThat(examined.joinerReadPast()).isZero();
    assertThat(examined.leaverReadFuture()).isZero();
    assertThat(examined.exposureMs()).containsExactly(1_100L);
    assertThat(failing(unspoilt -> {})).isEmpty();
  }

  static Stream<Arguments> spoilt() {
    return Stream.of(
        spoil("a frame differs from its source", "frames-equal-source", all -> all.differing = 1),
        spoil("nothing was decrypted", "frames-equal-source", all -> all.decrypted = 0),
        spoil(
            "a recording is incomplete",
            "complete-clips",
            all -> all.recordings.put(BOB, SyntheticEvidence.recording(ALICE, false, true))),
        spoil(
            "a recording differs",
            "complete-clips",
            all -> all.recordings.put(BOB, SyntheticEvidence.recording(ALICE, true, false))),
        spoil("nothing was recorded", "complete-clips", all -> all.recordings.clear()),
        spoil("the joiner was given an older key", JOINER, all -> all.hold(ERIN, 0)),
        spoil("the joiner's control misses", JOINER, all -> all.heldBy(ERIN).clear()),
        spoil("the returner was given the key in between", RETURNER, all -> all.holdAfterReturn(2)),
        spoil(
            "the unsigned device was given a key",
            UnsignedDevice.NAME,
            all -> all.forgeries.add(unsigned(true, true, true))),
        spoil(
            "nobody refused the unsigned device",
            UnsignedDevice.NAME,
            all -> all.forgeries.add(unsigned(false, false, true))),
        spoil(
            "the signed device was given no key either",
            UnsignedDevice.NAME,
            all -> all.forgeries.add(unsigned(false, true, false))),
        spoil(
            "a forged key was accepted",
            "forged-claim",
            all -> forge(all, new Forgery.Result("forged-claim", "", true, true, "control", true))),
        spoil(
            "a forged key was not reported",
            "forged-claim",
            all ->
                forge(all, new Forgery.Result("forged-claim", "", false, false, "control", true))),
        spoil(
            "the forgery's control was refused too",
            "forged-claim",
            all ->
                forge(all, new Forgery.Result("forged-claim", "", false, true, "control", false))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spoilt")
  void oneThingSpoiltFailsItsCheckAndNoOther_CHECK_CONTROL(
      String what, String check, Consumer<SyntheticEvidence> how) {
    assertThat(failing(how)).containsExactly(check);
  }

  @Test
  void aLeaverThatHoldsTheNextKeyIsDetected_CHECK_CONTROL() {
    DemoChecks examined = examine("strict", all -> all.hold(DAVE, 2));
    // 11.2 to 13.9 s: all that was sent under the new key while it was away.
    assertThat(examined.leaverReadFuture()).isEqualTo(28);
    assertThat(failing(all -> all.hold(DAVE, 2))).containsExactly(LEAVER, EXPOSURE, RETURNER);
  }

  @Test
  void aLeaverWhoseTapHearsNothingProvesNothing_CHECK_CONTROL() {
    assertThat(failing(all -> all.tapHears = false)).containsExactly(LEAVER, EXPOSURE);
  }

  @Test
  void aSenderThatNeverSwitchedIsDetected_CHECK_CONTROL() {
    assertThat(failing(all -> all.rotatesForTheLeave = false))
        .containsExactly(LEAVER, EXPOSURE, RETURNER);
    assertThat(failing(all -> all.switchedAt = LEFT.plusMillis(4_500)))
        .containsExactly(LEAVER, EXPOSURE, RETURNER);
  }

  @Test
  void aJoinerThatHoldsAnOlderKeyIsDetected_CHECK_CONTROL() {
    DemoChecks examined = examine("strict", all -> all.hold(ERIN, 0));
    assertThat(examined.joinerReadPast()).isEqualTo(60);
  }

  @Test
  void aJoinerThatMayBeGivenAYoungKeyIsNotJudged() {
    Check check = named(JOINER, run("parity", all -> all.hold(ERIN, 0)));
    assertThat(check.verdict()).isEqualTo(Check.Verdict.NOT_APPLICABLE);
    assertThat(check.detail()).contains("opened 60 of 60 frames", "parity");
  }

  @Test
  void exposureMayLastAsLongAsTheUseDelayAndTheAllowance_CHECK_EXPOSURE() {
    // The last frame under the old key is the one before the switch.
    assertThat(failing(all -> all.switchedAt = LEFT.plusMillis(2_100))).isEmpty();
    assertThat(failing(all -> all.switchedAt = LEFT.plusMillis(2_200))).containsExactly(EXPOSURE);
    Consumer<SyntheticEvidence> twiceAsFast =
        all -> {
          all.speed = 2;
          all.switchedAt = LEFT.plusMillis(3_100);
        };
    assertThat(failing(twiceAsFast)).as("1.5 s of wall time, 0.5 + 1 allowed").isEmpty();
  }

  private static Forgery.Result unsigned(boolean given, boolean refused, boolean served) {
    return new Forgery.Result(UnsignedDevice.NAME, "", given, refused, "control", served);
  }

  private static void forge(SyntheticEvidence all, Forgery.Result result) {
    all.forgeries.clear();
    all.forgeries.add(result);
  }

  private static Arguments spoil(String what, String check, Consumer<SyntheticEvidence> how) {
    return Arguments.of(what, check, how);
  }

  private static List<String> failing(Consumer<SyntheticEvidence> how) {
    return run("strict", how).stream().filter(Check::failed).map(Check::name).toList();
  }

  private static Check named(String name, List<Check> checks) {
    return checks.stream().filter(check -> check.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<Check> run(String policy, Consumer<SyntheticEvidence> how) {
    return checks(policy, how).run();
  }

  private static DemoChecks examine(String policy, Consumer<SyntheticEvidence> how) {
    DemoChecks checks = checks(policy, how);
    assertThat(checks.run()).hasSize(8);
    return checks;
  }

  private static DemoChecks checks(String policy, Consumer<SyntheticEvidence> how) {
    SyntheticEvidence evidence = new SyntheticEvidence();
    how.accept(evidence);
    return new DemoChecks(
        evidence.build(),
        new DemoSettings(
            4, 1, policy, SyntheticEvidence.USE_DELAY, Duration.ofSeconds(1), Path.of("target")));
  }
}
