package io.matrixrtc.testkit.script;

import java.time.Instant;

/**
 * A point in a script that expectations refer to: before a step that returned it began, or when
 * {@link CallScript#now} was called.
 *
 * @param label what happened then, for people
 * @param at the call's time
 * @param mark how many events the trace had
 */
public record Moment(String label, Instant at, int mark) {
  @Override
  public String toString() {
    return label;
  }
}
