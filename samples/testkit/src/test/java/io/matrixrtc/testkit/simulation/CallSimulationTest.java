package io.matrixrtc.testkit.simulation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.testkit.simulation.CallSimulation.Receivers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallSimulationTest {
  private static final long SECOND = CallSchedule.SECOND;

  private static PolicyResult play(RotationPolicy policy, CallSchedule schedule) {
    return CallSimulation.run(policy, schedule, Receivers.JS, 1);
  }

  /** {@code n} settled members and these events; nobody speaks. */
  private static CallSchedule schedule(int n, int joiners, CallSchedule.Event... events) {
    return new CallSchedule(n, n + joiners, List.of(events), 60 * SECOND);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 20, 50})
  void simParityALeaveOfASettledCallIsNMinus1TimesNMinus2Messages(int n) {
    // Upstream's leaver sends N−1 more, for its own membership that is gone; ours sends none.
    PolicyResult result =
        play(RotationPolicies.parity(), schedule(n, 0, new CallSchedule.Leave(SECOND, n - 1)));
    assertThat(result.toDeviceMessages()).isEqualTo((n - 1L) * (n - 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 20, 50})
  void simParityAJoinAfterTheGracePeriodIsNSquaredPlusNMessages(int n) {
    PolicyResult result =
        play(RotationPolicies.parity(), schedule(n, 1, new CallSchedule.Join(SECOND, n, false)));
    assertThat(result.toDeviceMessages()).isEqualTo((long) n * n + n);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 20, 50})
  void simParityAJoinWithinTheGracePeriodIs2NMessages(int n) {
    CallSchedule leaveThenJoin =
        schedule(
            n + 1,
            1,
            new CallSchedule.Leave(SECOND, n),
            new CallSchedule.Join(6 * SECOND, n + 1, false));
    PolicyResult result = play(RotationPolicies.parity(), leaveThenJoin);
    long leave = (long) n * (n - 1);
    assertThat(result.toDeviceMessages() - leave).isEqualTo(2L * n);
  }

  @Test
  void simDemandASilentCallPaysNothingForALeaveAndAJoin() {
    PolicyResult result =
        play(
            RotationPolicies.demand(),
            schedule(
                20,
                1,
                new CallSchedule.Leave(SECOND, 19),
                new CallSchedule.Join(6 * SECOND, 20, false)));
    assertThat(result.toDeviceMessages()).isZero();
  }

  @Test
  void simDemandOneSpeakerPaysNMinus2ForALeaveAndNForAJoin() {
    PolicyResult result =
        play(
            RotationPolicies.demand(),
            schedule(
                20,
                1,
                new CallSchedule.Speak(-SECOND, 0),
                new CallSchedule.Leave(SECOND, 19),
                new CallSchedule.Join(6 * SECOND, 20, false)));
    assertThat(result.toDeviceMessages()).isEqualTo(18 + 19);
    assertThat(result.exposureBeforeJoinFrames()).isZero();
    assertThat(result.joinToHearMs().p50()).isBetween(1_000L, 2_500L);
    assertThat(result.exposureAfterLeaveMs().p50()).isBetween(1_000L, 2_500L);
  }

  @Test
  void simTheSameSeedGivesTheSameAndAnotherDoesNot() {
    SimulationPreset preset = SimulationPreset.named("10");
    RotationPolicy policy = RotationPolicies.demand();
    PolicyResult first = play(policy, CallSchedule.draw(preset, 1));
    assertThat(play(policy, CallSchedule.draw(preset, 1))).isEqualTo(first);
    assertThat(play(policy, CallSchedule.draw(preset, 2))).isNotEqualTo(first);
  }

  @Test
  void simRatchetWithJsReceiversIsDemandAndLeavesNobodyDeaf() {
    CallSchedule schedule = CallSchedule.draw(SimulationPreset.named("50"), 3);
    PolicyResult demand = play(RotationPolicies.demand(), schedule);
    PolicyResult ratchet = play(RotationPolicies.ratchet(Duration.ofSeconds(1)), schedule);
    assertThat(ratchet.toDeviceMessages()).isEqualTo(demand.toDeviceMessages());
    assertThat(ratchet.deafReceiverMs()).isZero();
    assertThat(ratchet.exposureBeforeJoinFrames()).isZero();
  }

  @Test
  void simRatchetWithWalkingReceiversIsCheaperAndShowsJoinersNothingFromBefore() {
    CallSchedule schedule = CallSchedule.draw(SimulationPreset.named("50"), 3);
    PolicyResult demand = play(RotationPolicies.demand(), schedule);
    PolicyResult ratchet =
        CallSimulation.run(
            RotationPolicies.ratchet(Duration.ofSeconds(1)), schedule, Receivers.WALK, 1);
    assertThat(ratchet.toDeviceMessages()).isLessThan(demand.toDeviceMessages() * 8 / 10);
    assertThat(ratchet.exposureBeforeJoinFrames()).isZero();
    assertThat(ratchet.deafReceiverMs()).isZero();
  }

  @Test
  void controlJsReceiversThatAreSaidToWalkAreDeaf() {
    CallSchedule schedule = CallSchedule.draw(SimulationPreset.named("50"), 3);
    PolicyResult result =
        CallSimulation.run(
            RotationPolicies.ratchet(Duration.ofSeconds(1)), schedule, Receivers.JS, true, 1);
    assertThat(result.deafReceiverMs()).isPositive();
    assertThat(result.framesLostAtSteps()).isPositive();
  }

  @Test
  void simDemandKeepsItsPromisesInACallOf50AndParityDoesNot() {
    CallSchedule schedule = CallSchedule.draw(SimulationPreset.named("50"), 1);
    PolicyResult parity = play(RotationPolicies.parity(), schedule);
    PolicyResult demand = play(RotationPolicies.demand(), schedule);
    assertThat(demand.toDeviceMessages()).isLessThan(parity.toDeviceMessages() / 10);
    assertThat(demand.exposureBeforeJoinFrames()).isZero();
    assertThat(parity.exposureBeforeJoinFrames()).as("control").isPositive();
    assertThat(demand.exposureAfterLeaveMs().p99())
        .isLessThanOrEqualTo(parity.exposureAfterLeaveMs().p99());
  }

  @Test
  void simModelTheDelaysHaveTheMediansAndTailsThatAreSaid() {
    NetworkModel model = new NetworkModel(1);
    List<Long> memberships = new ArrayList<>();
    List<Long> messages = new ArrayList<>();
    int failures = 0;
    for (int i = 0; i < 100_000; i++) {
      memberships.add(model.membershipDelay(i, i % 7));
      messages.add(model.messageDelay(i % 11, i, i % 13));
      failures += model.sendFails(i % 17, i) ? 1 : 0;
    }
    Collections.sort(memberships);
    Collections.sort(messages);
    assertThat(memberships.get(50_000)).isBetween(118_000L, 122_000L);
    assertThat(memberships.get(99_000)).isBetween(460_000L, 500_000L);
    assertThat(messages.get(50_000)).isBetween(147_000L, 153_000L);
    assertThat(messages.get(99_000)).isBetween(950_000L, 1_050_000L);
    assertThat(failures).isBetween(430, 570);
    assertThat(model.sendTime(199)).isEqualTo(99_700);
  }

  @Test
  void simPresetsAreScaled() {
    assertThat(SimulationPreset.named("200"))
        .isEqualTo(new SimulationPreset("200", 200, 60, 60, 5, 600, false));
    assertThat(SimulationPreset.named("1000").speakers()).isEqualTo(25);
    assertThatThrownBy(() -> SimulationPreset.named("201"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("201");
    CallSchedule schedule = CallSchedule.draw(SimulationPreset.named("200"), 1);
    assertThat(schedule.events()).filteredOn(CallSchedule.Join.class::isInstance).hasSize(60);
    assertThat(schedule.events()).filteredOn(CallSchedule.Leave.class::isInstance).hasSize(60);
  }

  @Test
  void simPolicyLogicIsInTheLibraryAlone() {
    noClasses()
        .that()
        .resideInAPackage("io.matrixrtc.testkit..")
        .should()
        .implement(RotationPolicy.class)
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.matrixrtc.testkit"));
  }
}
