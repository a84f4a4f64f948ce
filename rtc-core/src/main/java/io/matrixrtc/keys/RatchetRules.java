package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationPlan.Keep;
import io.matrixrtc.keys.RotationPlan.Step;
import io.matrixrtc.keys.RotationView.RatchetState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a sender may let joiners in by advancing its key by two generations instead of replacing it.
 *
 * <p>A step gives the joiners M(i+2) at once and advances a little later, so that who joins in
 * between is let in by the same step. By KEY-R1 nothing is encrypted under generation i+1, and what
 * is encrypted under i+2 comes after every one of these joins was learned.
 *
 * @param advanceAfter from the first join of a step until the key advances
 * @param spacing from one advance to the next, and from the first use of a key to its first advance
 */
record RatchetRules(Duration advanceAfter, Duration spacing) {
  /** As often is a key advanced (KEY-R5): ten generations, the window that receivers walk. */
  static final int MAX_ADVANCES = 5;

  /** So long after its first advance is a key advanced (KEY-R5). */
  static final Duration MAX_ADVANCING = Duration.ofSeconds(60);

  /** A joiner waits so long for a step; then the sender rotates (KEY-R4). */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  /** A step or the wait for one; empty if the sender has to rotate. */
  Optional<RotationPlan> plan(RotationView view, Instant changed) {
    RatchetState state = view.ratchet();
    if (!state.everyoneWalks() // KEY-R0
        || state.dataPackets() // KEY-R6
        || !view.left().isEmpty()) { // KEY-R2
      return Optional.empty();
    }
    if (state.stepPending()) {
      return Optional.of(new Step(view.excluded(), view.now()));
    }
    Instant now = view.now();
    boolean spent = // KEY-R5
        state.advances() >= MAX_ADVANCES
            || state.firstAdvanceAt().isPresent()
                && !now.isBefore(state.firstAdvanceAt().get().plus(MAX_ADVANCING));
    if (spent) {
      return Optional.empty();
    }
    Instant giveUp = changed.plus(LONGEST_WAIT);
    if (state.unconfirmed()) { // KEY-R4
      return now.isBefore(giveUp) ? Optional.of(Keep.until(giveUp)) : Optional.empty();
    }
    Instant spaced = state.lastAdvanceAt().map(at -> at.plus(spacing)).orElse(now);
    if (spaced.isAfter(giveUp)) {
      return Optional.empty();
    }
    Instant wanted = changed.plus(advanceAfter);
    return Optional.of(new Step(view.excluded(), wanted.isAfter(spaced) ? wanted : spaced));
  }
}
