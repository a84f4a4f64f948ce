package io.matrixrtc.testkit.report;

import io.matrixrtc.testkit.trace.Presence;
import java.util.List;

/**
 * One participant through the time of the call.
 *
 * @param code one or two characters that stand for it where room is short; unique in a report
 * @param presence when it was there
 * @param changes its joins, leaves, mutes
 * @param keys its own keys, in order of making
 */
record Lane(
    String who,
    String label,
    String code,
    boolean attacker,
    List<Span> presence,
    List<Change> changes,
    List<KeyStory> keys) {

  /** Time in the call, milliseconds since its start. */
  record Span(long fromMs, long toMs, boolean muted) {}

  /** A change of presence. */
  record Change(long ms, Presence change, String detail) {}

  /** Milliseconds in the call. */
  long presentMs() {
    return presence.stream().mapToLong(span -> span.toMs() - span.fromMs()).sum();
  }
}
