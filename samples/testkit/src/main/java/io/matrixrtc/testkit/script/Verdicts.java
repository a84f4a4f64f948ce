package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.CallView;
import io.matrixrtc.testkit.World;
import io.matrixrtc.testkit.relay.RelayedFrame;
import io.matrixrtc.testkit.relay.Tape;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges expectations, waits for them, and writes each into the trace. EXPECT-SAYS: a message has
 * what was expected, what was seen instead, and for how long it was waited or watched.
 */
final class Verdicts {
  private static final Duration RELAY_LOOK = Duration.ofMillis(20);

  private final World world;
  private final ScriptSettings settings;
  private final Map<Object, String> unfinished = new LinkedHashMap<>();
  private @Nullable List<String> soft;
  private int count;

  Verdicts(World world, ScriptSettings settings) {
    this.world = world;
    this.settings = settings;
  }

  CallView view() {
    return world.view();
  }

  Tape tape() {
    return world.tape();
  }

  Duration patience() {
    return settings.patience();
  }

  /** What a device is called; its identity if the script did not name it. */
  String label(String identity) {
    return view().since(0).stream()
        .map(TraceEntry::event)
        .filter(TraceEvent.ParticipantAdded.class::isInstance)
        .map(TraceEvent.ParticipantAdded.class::cast)
        .filter(added -> added.who().equals(identity))
        .map(TraceEvent.ParticipantAdded::label)
        .findFirst()
        .orElse(identity);
  }

  /**
   * SCRIPT-ORDER: when the relay had the first frame under a key that was used since a moment. Not
   * when it was sent: on a loaded machine, frames under the key before may be on their way then.
   */
  Moment momentOf(String label, TraceEvent.KeyUsed used, Moment since) {
    List<TraceEntry> entries = view().since(0);
    int mark = 0;
    while (!entries.get(mark).event().equals(used)) {
      mark++;
    }
    long end = world.time().nanoTime() + patience().toNanos();
    Optional<Instant> at = atRelay(used.key(), since);
    while (at.isEmpty() && world.time().nanoTime() < end) {
      world.await(world.clock().elapsed().plus(RELAY_LOOK));
      at = atRelay(used.key(), since);
    }
    return new Moment(
        label,
        at.orElseThrow(
            () ->
                new UnmetExpectation(
                    "expected a frame under the key of \""
                        + label
                        + "\" at the relay; none after "
                        + patience().toMillis()
                        + " ms [seed "
                        + settings.seed()
                        + "]")),
        mark);
  }

  private Optional<Instant> atRelay(KeyRef key, Moment since) {
    return tape().framesBetween(since.at(), Instant.MAX).stream()
        .filter(frame -> frame.sender().equals(key.owner()))
        .filter(frame -> keyIndex(frame) == key.index())
        .map(RelayedFrame::receivedAt)
        .findFirst();
  }

  /** The last byte of an encrypted frame. */
  private static int keyIndex(RelayedFrame frame) {
    byte[] payload = frame.frame().copyPayload();
    return payload[payload.length - 1] & 0xFF;
  }

  /** Waits until a condition on the trace holds. */
  boolean await(String claim, Duration atMost, BooleanSupplier condition, Supplier<String> seen) {
    boolean met = view().await(condition, atMost);
    say(claim, met, met ? "" : "not so after " + atMost.toMillis() + " ms: " + seen.get(), null);
    return met;
  }

  /**
   * Says that something does not happen, beside a control that must.
   *
   * @param watched for how long it could have happened, as {@link #watched} gives it
   */
  void never(
      String claim, Duration watched, boolean holds, String seen, TraceEvent.Control control) {
    say(claim, holds, "watched for " + watched.toMillis() + " ms: " + seen, control);
  }

  /** How much of the script until now lies between two moments, in wall time. */
  Duration watched(Instant from, Instant until) {
    Instant begin = world.clock().start();
    Instant now = world.clock().instant();
    Duration inTheCall =
        Duration.between(from.isBefore(begin) ? begin : from, until.isAfter(now) ? now : until);
    return inTheCall.isNegative() ? Duration.ZERO : world.clock().wallTime(inTheCall);
  }

  /** The whole script until now, in wall time. */
  Duration watched() {
    return watched(Instant.MIN, Instant.MAX);
  }

  private void say(String claim, boolean met, String seen, TraceEvent.@Nullable Control control) {
    String id = "E" + ++count;
    world.record(new TraceEvent.Checked(id, claim, met, seen, control));
    if (!met) {
      fail("expected " + claim + "; " + seen);
    } else if (control != null && !control.ok()) {
      fail(
          "expected "
              + claim
              + "; that cannot be told, since the control failed: "
              + control.what()
              + ", "
              + control.detail()
              + "; "
              + seen);
    }
  }

  private void fail(String message) {
    List<String> collecting = soft;
    if (collecting == null) {
      throw new UnmetExpectation(message + " [seed " + settings.seed() + "]");
    }
    collecting.add(message);
  }

  void softly(Runnable expectations) {
    if (soft != null) {
      throw new IllegalStateException("softly within softly");
    }
    List<String> failures = new ArrayList<>();
    soft = failures;
    try {
      expectations.run();
    } finally {
      soft = null;
    }
    if (!failures.isEmpty()) {
      fail(failures.size() + " expectations were not met:\n- " + String.join("\n- ", failures));
    }
  }

  /** An expectation that is no sentence yet. */
  void begun(Object expectation, String claim) {
    unfinished.put(expectation, claim);
  }

  void finished(Object expectation) {
    unfinished.remove(expectation);
  }

  /**
   * SCRIPT-HALF: a script whose expectations do not say all that they should has tested nothing.
   */
  void close() {
    if (!unfinished.isEmpty()) {
      String claim = unfinished.values().iterator().next();
      unfinished.clear();
      world.close();
      throw new IllegalStateException(
          "the expectation \"" + claim + " …\" has no end: add sentBefore, sentSince or ever");
    }
  }
}
