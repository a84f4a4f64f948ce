package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.CallView;
import io.matrixrtc.testkit.Participant;
import io.matrixrtc.testkit.agent.KeyTraces;
import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    Map<String, List<String>> before = new HashMap<>();
    staying.forEach(one -> before.put(one.name(), ownKeys(one)));
    Set<String> held = new HashSet<>(materials(crashing.reveal()));
    long given =
        staying.stream()
            .filter(one -> held.contains(last(before.getOrDefault(one.name(), List.of()))))
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
    List<String> fresh = new ArrayList<>();
    int without = 0;
    for (Participant one : staying) {
      List<String> own = ownKeys(one);
      own.removeAll(before.getOrDefault(one.name(), List.of()));
      without += own.isEmpty() ? 1 : 0;
      fresh.addAll(own);
    }
    long known = fresh.stream().filter(held::contains).count();
    long offered = offered(mark, crashing.identity());
    return Check.withstood(
        NAME,
        CLAIM,
        rotated && without == 0 && known == 0 && offered == 0,
        fresh.size()
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

  private static List<String> ownKeys(Participant one) {
    List<String> own = new ArrayList<>();
    for (ParticipantAnswer.HeldKey key : one.reveal().keys()) {
      if (key.sender().equals(one.identity())) {
        own.add(key.keyBase64());
      }
    }
    return own;
  }

  private static List<String> materials(ParticipantAnswer.Holdings holdings) {
    return holdings.keys().stream().map(ParticipantAnswer.HeldKey::keyBase64).toList();
  }

  private static String last(List<String> keys) {
    return keys.isEmpty() ? "" : keys.get(keys.size() - 1);
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

  /** How many keys that were made since the crash were offered to the device. */
  private long offered(int mark, String identity) {
    Set<KeyRef> made = new HashSet<>();
    long offered = 0;
    for (TraceEvent event : events(mark)) {
      if (event instanceof TraceEvent.KeyMade key) {
        made.add(key.key());
      } else if (event instanceof TraceEvent.KeyOffered offer) {
        offered += offer.to().equals(identity) && made.contains(offer.key()) ? 1 : 0;
      } else if (event instanceof TraceEvent.KeyServed served) {
        offered += served.to().equals(identity) && made.contains(served.key()) ? 1 : 0;
      }
    }
    return offered;
  }

  private List<TraceEvent> events(int mark) {
    return view.since(mark).stream().map(TraceEntry::event).toList();
  }
}
