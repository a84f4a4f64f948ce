package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.demo.Cast.Member;
import io.matrixrtc.testkit.demo.Cast.Role;
import io.matrixrtc.testkit.media.TrackKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Examines the evidence of a call. */
final class DemoChecks {
  /** Policies that give nobody a key that was used before. */
  private static final Set<String> DENYING = Set.of("strict", "demand", "ratchet");

  private final Evidence evidence;
  private final DemoSettings settings;
  private final List<Check> checks = new ArrayList<>();
  private long joinerReadPast;
  private long leaverReadFuture;
  private List<Long> exposureMs = List.of();

  DemoChecks(Evidence evidence, DemoSettings settings) {
    this.evidence = evidence;
    this.settings = settings;
  }

  /** Runs all checks but the searches for keys, which need the server. */
  List<Check> run() {
    frames();
    recordings();
    joiner();
    leaver();
    forgeries();
    return List.copyOf(checks);
  }

  long joinerReadPast() {
    return joinerReadPast;
  }

  long leaverReadFuture() {
    return leaverReadFuture;
  }

  /** For each sender, wall milliseconds from the leave to its last frame that the leaver opened. */
  List<Long> exposureMs() {
    return exposureMs;
  }

  private void frames() {
    long decrypted = 0;
    long differing = 0;
    for (ParticipantAnswer.Counts counts : evidence.counts().values()) {
      for (ParticipantAnswer.Heard heard : counts.heard().values()) {
        decrypted += heard.decrypted();
        differing += heard.differing();
      }
    }
    checks.add(
        Check.of(
            "frames-equal-source",
            "every decrypted frame equals the source frame of its number, byte for byte",
            decrypted > 0 && differing == 0,
            decrypted + " frames decrypted, " + differing + " differ"));
  }

  private void recordings() {
    long throughout =
        evidence.cast().members().stream().filter(member -> member.role().throughout()).count();
    long wanted = throughout * (throughout - 1) * TrackKind.values().length;
    int complete = 0;
    List<String> missing = new ArrayList<>();
    for (Member receiver : evidence.cast().members()) {
      if (!receiver.role().throughout()) {
        continue;
      }
      for (ParticipantAnswer.Recording track : recordingsOf(receiver)) {
        if (!isThroughout(track.sender())) {
          continue;
        }
        if (track.complete() && track.identical()) {
          complete++;
        } else {
          missing.add(
              receiver.name() + " < " + evidence.label(track.sender()) + " " + track.track());
        }
      }
    }
    checks.add(
        Check.of(
            "complete-clips",
            "who was there from first to last has the complete clip, byte-identical",
            wanted > 0 && complete == wanted,
            complete
                + " of "
                + wanted
                + " recordings"
                + (missing.isEmpty() ? "" : ": " + missing)));
  }

  private List<ParticipantAnswer.Recording> recordingsOf(Member receiver) {
    ParticipantAnswer.Recordings recordings = evidence.recordings().get(receiver.name());
    return recordings == null ? List.of() : recordings.tracks();
  }

  private boolean isThroughout(String identity) {
    return evidence.cast().members().stream()
        .anyMatch(
            member ->
                member.role().throughout() && evidence.identity(member.name()).equals(identity));
  }

  private void joiner() {
    String name = "late-joiner-reads-nothing-older";
    String claim = "who joins late cannot open what was recorded before it joined";
    Optional<Member> late = evidence.cast().first(Role.LATE);
    if (late.isEmpty()) {
      checks.add(Check.notApplicable(name, claim, "nobody joins late with so few participants"));
      return;
    }
    EavesdropAttack.JoinerYield yield = new EavesdropAttack(evidence).joiner(late.get().name());
    joinerReadPast = yield.before().opened();
    String detail =
        late.get().name()
            + " opened "
            + yield.before().opened()
            + " of "
            + yield.before().tried()
            + " frames recorded before its join";
    if (!DENYING.contains(settings.policy())) {
      checks.add(
          Check.notApplicable(
              name,
              claim,
              detail + "; policy " + settings.policy() + " hands a young key to joiners"));
      return;
    }
    checks.add(
        Check.withstood(
            name,
            claim,
            yield.before().tried() > 0 && yield.before().opened() == 0,
            detail,
            new Check.Control(
                late.get().name(),
                "the same attacker opens what came after",
                yield.after().opened() > 0,
                yield.after().opened() + " of " + yield.after().tried() + " frames")));
  }

  private void leaver() {
    String name = "leaver-reads-nothing-newer";
    String claim = "who left cannot open any frame from a sender's next key on";
    Optional<Member> leaver = evidence.cast().first(Role.LEAVES);
    if (leaver.isEmpty()) {
      checks.add(Check.notApplicable(name, claim, "nobody leaves with so few participants"));
      return;
    }
    EavesdropAttack.LeaverYield yield = new EavesdropAttack(evidence).leaver(leaver.get().name());
    leaverReadFuture = yield.afterSwitch().opened();
    exposureMs = yield.exposureMs();
    checks.add(
        Check.withstood(
            name,
            claim,
            yield.afterSwitch().tried() > 0
                && yield.afterSwitch().opened() == 0
                && yield.notSwitched() == 0,
            leaver.get().name()
                + " opened "
                + yield.afterSwitch().opened()
                + " of "
                + yield.afterSwitch().tried()
                + " frames; "
                + yield.notSwitched()
                + " senders did not switch",
            new Check.Control(
                leaver.get().name(),
                "the same attacker opens what came while it was a member",
                yield.before().opened() > 0,
                yield.before().opened() + " of " + yield.before().tried() + " frames")));
    long worst = exposureMs.stream().mapToLong(Long::longValue).max().orElse(0);
    Duration allowance = settings.exposureAllowance();
    long limit = evidence.wall(evidence.useKeyDelay()).plus(allowance).toMillis();
    checks.add(
        Check.of(
            "exposure-after-leave",
            "after a leave the old keys are in use for at most the use delay + "
                + allowance.toMillis()
                + " ms",
            !exposureMs.isEmpty() && worst <= limit && yield.notSwitched() == 0,
            "longest " + worst + " ms of " + limit + " ms, " + exposureMs.size() + " senders"));
    returner(leaver.get().name());
  }

  private void returner(String who) {
    String name = "returner-reads-nothing-between";
    String claim = "who left and came back cannot open what was sent in between, with its new keys";
    EavesdropAttack.LeaverYield yield = new EavesdropAttack(evidence).returner(who);
    String detail =
        who
            + " opened "
            + yield.afterSwitch().opened()
            + " of "
            + yield.afterSwitch().tried()
            + " frames";
    if (!DENYING.contains(settings.policy())) {
      checks.add(
          Check.notApplicable(
              name,
              claim,
              detail + "; policy " + settings.policy() + " hands a young key to who comes back"));
      return;
    }
    leaverReadFuture = Math.max(leaverReadFuture, yield.afterSwitch().opened());
    checks.add(
        Check.withstood(
            name,
            claim,
            yield.afterSwitch().tried() > 0 && yield.afterSwitch().opened() == 0,
            detail,
            new Check.Control(
                who,
                "the same attacker opens what came while it was a member",
                yield.before().opened() > 0,
                yield.before().opened() + " of " + yield.before().tried() + " frames")));
  }

  private void forgeries() {
    for (Forgery.Result result : evidence.forgeries()) {
      checks.add(
          Check.withstood(
              result.name(),
              result.claim(),
              !result.forgedAccepted() && result.refused(),
              result.forgedAccepted()
                  ? "it was accepted"
                  : result.refused() ? "refused, and reported" : "not reported as refused",
              new Check.Control(
                  "a member",
                  result.control(),
                  result.controlAccepted(),
                  result.controlAccepted() ? "accepted" : "not accepted")));
    }
    if (evidence.forgeries().stream().noneMatch(UnsignedDevice::isResult)) {
      checks.add(
          Check.notApplicable(
              UnsignedDevice.NAME,
              UnsignedDevice.CLAIM,
              "needs five participants, and a trust policy that asks for signatures"));
    }
    if (evidence.forgeries().stream().allMatch(UnsignedDevice::isResult)) {
      checks.add(
          Check.notApplicable(
              "forged-claim",
              "a key that claims another device's name is refused",
              "needs three participants"));
    }
  }
}
