package io.matrixrtc.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What to do with this device's own key. */
public sealed interface RotationPlan {

  /**
   * Nothing to do.
   *
   * @param askAgainAt when to ask the policy again although nobody came or went
   */
  record Keep(Optional<Instant> askAgainAt) implements RotationPlan {
    /** Nothing to do until somebody comes or goes. */
    public static final Keep UNTIL_A_CHANGE = new Keep(Optional.empty());

    /** Nothing to do until {@code at}. */
    public static Keep until(Instant at) {
      return new Keep(Optional.of(at));
    }
  }

  /** Offer the newest key to {@code to}; nobody else is told and nothing changes locally. */
  record Share(Set<CallMember> to) implements RotationPlan {
    public Share {
      to = Set.copyOf(to);
    }
  }

  /**
   * Make the next key and offer it to everyone present.
   *
   * @param besides whether keys that are made and not in use yet are used before it; else they are
   *     dropped
   */
  record Rotate(Cause cause, Use use, boolean besides) implements RotationPlan {
    /** In place of keys that are not in use yet. */
    public Rotate(Cause cause, Use use) {
      this(cause, use, false);
    }
  }

  /**
   * Make no key before there is something to send: the first frame starts a hold (KEY-HOLD).
   *
   * @param askAgainAt when to ask again although nothing changed
   */
  record Owe(Optional<Instant> askAgainAt) implements RotationPlan {}

  /**
   * Offer the key two generations on to {@code to} alone, and advance to it (KEY-R1). While a step
   * is pending: offer the same material to {@code to} too.
   *
   * @param advanceAt when to encrypt with it; that of a pending step stays as it is
   */
  record Step(Set<CallMember> to, Instant advanceAt) implements RotationPlan {
    public Step {
      to = Set.copyOf(to);
    }
  }

  /** Why a key is made. */
  enum Cause {
    FIRST_KEY,
    MEMBER_LEFT,
    MEMBER_JOINED,
    /** It has been in use for as long as it may (KEY-AGE). */
    KEY_AGED
  }

  /** When a new key begins to encrypt. */
  sealed interface Use {
    /** Before anybody confirmed it. */
    record AtOnce() implements Use {}

    /**
     * {@code delay} after the offers were answered, at least one of them with success. With nobody
     * present, at once.
     */
    record AfterConfirmation(Duration delay) implements Use {}

    /** {@code delay} after all offers were confirmed, and at {@code latest} in any case. */
    record By(Duration delay, Instant latest) implements Use {}
  }
}
