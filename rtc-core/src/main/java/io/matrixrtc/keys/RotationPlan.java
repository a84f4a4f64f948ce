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
  }

  /** Offer the newest key to {@code to}; nobody else is told and nothing changes locally. */
  record Share(Set<CallMember> to) implements RotationPlan {
    public Share {
      to = Set.copyOf(to);
    }
  }

  /** Make the next key and offer it to everyone present. */
  record Rotate(Cause cause, Use use) implements RotationPlan {}

  /** Why a key is made. */
  enum Cause {
    FIRST_KEY,
    MEMBER_LEFT,
    MEMBER_JOINED
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
  }
}
