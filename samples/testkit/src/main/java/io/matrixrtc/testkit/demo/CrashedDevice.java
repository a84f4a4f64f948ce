package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.CallView;
import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A device in the call crashes: it sends no leave. The homeserver sends the leave that was put in
 * its hands (the dead-man switch); the others then make new keys, so that what the device held when
 * it crashed, which whoever finds it may have, opens nothing any more.
 */
final class CrashedDevice {
  static final String NAME = "crashed-device";
  static final String CLAIM =
      "after a crash the homeserver sends the leave, and the device holds no key that is new then";

  /** The dead-man delay, and what a busy machine needs besides. Wall time. */
  private static final Duration WAIT = Duration.ofSeconds(45);

  private final CallView view;

  CrashedDevice(CallView view) {
    this.view = view;
  }

  static Check notPlayed() {
    return Check.notApplicable(NAME, CLAIM, "nobody crashes with so few participants");
  }

  /**
   * Lets it crash, waits for what follows, and looks at the keys.
   *
   * @param staying the others in the call, whose keys it was given
   * @param leavesExpected whether the homeserver is known to send delayed leaves
   */
  Check examine(Participant crashing, List<Participant> staying, boolean leavesExpected) {
    // A policy that lets joiners in when it suits the sender has no moment at which all have done
    // so.
    view.await(() -> staying.stream().allMatch(one -> gave(one, crashing)), WAIT);
    Set<KeyFingerprint> held = fingerprints(crashing.reveal());
    long given =
        staying.stream()
            .filter(one -> view.newestKey(one.identity()).filter(isIn(held)).isPresent())
            .count();
    Check.Control control =
        new Check.Control(
            crashing.name(),
            "when it crashed it had everybody's key",
            given == staying.size(),
            given + " of " + staying.size() + " keys");

    int mark = view.mark();
    long start = System.nanoTime();
    crashing.close();
    boolean rotated = view.await(() -> staying.stream().allMatch(one -> made(one, mark)), WAIT);
    long millis = (System.nanoTime() - start) / 1_000_000;
    if (!rotated && !leavesExpected) {
      return Check.notApplicable(
          NAME, CLAIM, "no leave came within " + WAIT.toSeconds() + " s: no delayed events here");
    }
    // Until the homeserver sends the leave, the device is a member like any other.
    Set<KeyRef> sinceLeave = madeSinceLeave(mark);
    Set<String> makers = new HashSet<>();
    sinceLeave.forEach(key -> makers.add(key.owner()));
    long without = staying.stream().filter(one -> !makers.contains(one.identity())).count();
    long known = sinceLeave.stream().filter(isIn(held)).count();
    long offered = offered(sinceLeave, mark, crashing.identity());
    return Check.withstood(
        NAME,
        CLAIM,
        rotated && without == 0 && known == 0 && offered == 0,
        sinceLeave.size()
            + " new keys "
            + millis
            + " ms after the crash; "
            + crashing.name()
            + " has "
            + known
            + " and was offered "
            + offered
            + " of them"
            + (without == 0 ? "" : "; " + without + " members made none"),
        control);
  }

  private static Set<KeyFingerprint> fingerprints(ParticipantAnswer.Holdings holdings) {
    Set<KeyFingerprint> held = new HashSet<>();
    for (ParticipantAnswer.HeldKey key : holdings.keys()) {
      held.add(KeyFingerprint.of(Base64.getDecoder().decode(key.keyBase64())));
    }
    return held;
  }

  private static Predicate<KeyRef> isIn(Set<KeyFingerprint> held) {
    return key -> held.contains(key.fingerprint());
  }

  private boolean gave(Participant one, Participant crashing) {
    Optional<KeyRef> newest = view.newestKey(one.identity());
    return newest.isPresent()
        && newest.equals(view.lastReceived(crashing.identity(), one.identity()));
  }

  /** Whether a participant made a key because somebody left. */
  private boolean made(Participant one, int mark) {
    return events(mark).stream()
        .anyMatch(
            event ->
                event instanceof TraceEvent.KeyMade made
                    && made.reason().equals(KeyTraces.MEMBER_LEFT)
                    && made.key().owner().equals(one.identity()));
  }

  /** The keys that their owners made because of the leave, or after such a one. */
  private Set<KeyRef> madeSinceLeave(int mark) {
    Set<String> left = new HashSet<>();
    Set<KeyRef> made = new LinkedHashSet<>();
    for (TraceEvent event : events(mark)) {
      if (event instanceof TraceEvent.KeyMade key) {
        if (key.reason().equals(KeyTraces.MEMBER_LEFT)) {
          left.add(key.key().owner());
        }
        if (left.contains(key.key().owner())) {
          made.add(key.key());
        }
      }
    }
    return made;
  }

  /** How many offers of these keys went to the device. */
  private long offered(Set<KeyRef> keys, int mark, String identity) {
    return events(mark).stream()
        .filter(
            event ->
                event instanceof TraceEvent.KeyOffered offer
                        && offer.to().equals(identity)
                        && keys.contains(offer.key())
                    || event instanceof TraceEvent.KeyServed served
                        && served.to().equals(identity)
                        && keys.contains(served.key()))
        .count();
  }

  private List<TraceEvent> events(int mark) {
    return view.since(mark).stream().map(TraceEntry::event).toList();
  }
}
