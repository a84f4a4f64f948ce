package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationPlan.Cause;
import io.matrixrtc.keys.RotationPlan.Keep;
import io.matrixrtc.keys.RotationPlan.Owe;
import io.matrixrtc.keys.RotationPlan.Rotate;
import io.matrixrtc.keys.RotationPlan.Share;
import io.matrixrtc.keys.RotationPlan.Use;
import io.matrixrtc.keys.RotationView.Activity;
import io.matrixrtc.keys.RotationView.Background;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Only who sends pays at once. A sender replaces its key when someone left who was offered it, and
 * for a joiner who may not be given it (KEY-SEND); who is silent owes, and pays when it is about to
 * speak (KEY-SILENT, KEY-HOLD). With {@link RatchetRules}, joiners are let in by advancing the key
 * where that is allowed.
 *
 * @param useDelay from the confirmation of a sender's new key until it is used
 * @param ratchet the rules for advancing, or null to rotate always
 */
record DemandPolicy(String name, Duration useDelay, @Nullable RatchetRules ratchet)
    implements RotationPolicy {
  /** Changes learned within this time are one rotation (KEY-SEND). */
  static final Duration GATHER = Duration.ofMillis(500);

  /** So many joins in {@link #LATELY} are many. */
  static final int MANY_JOINS = 4;

  /** How far back joins are counted. */
  static final Duration LATELY = Duration.ofSeconds(2);

  /** At least this long from the begin of one rotation of a sender to the next. */
  static final Duration SPACING = Duration.ofSeconds(1);

  /** A sender's new key is used this long after the change was learned at the latest. */
  static final Duration LATEST_USE = Duration.ofSeconds(2);

  /** A hold ends this long after all have confirmed, (KEY-HOLD) ... */
  static final Duration HOLD_DELAY = Duration.ofMillis(300);

  /** ... and this long after it began at the latest. */
  static final Duration LONGEST_HOLD = Duration.ofSeconds(1);

  /** A key that is made ready in the background waits this long for confirmations. */
  static final Duration READY_WAIT = Duration.ofSeconds(10);

  private static final int RATCHET_KEY_BYTES = 32;

  @Override
  public RotationPlan plan(RotationView view) {
    if (view.own() instanceof OwnKeyState.None) {
      return pay(view, Cause.FIRST_KEY, view.now());
    }
    if (view.rollout().pending()) {
      return pending(view);
    }
    Instant changed = view.changedAt().orElse(view.now());
    if (!view.left().isEmpty()) {
      return pay(view, Cause.MEMBER_LEFT, changed);
    }
    if (view.aged()) {
      return pay(view, Cause.KEY_AGED, view.now());
    }
    if (!view.excluded().isEmpty()) {
      return letIn(view, changed);
    }
    return offer(view);
  }

  /** Nothing is owed; joiners may have the key as it is. */
  private static RotationPlan offer(RotationView view) {
    if (view.joined().isEmpty()) {
      return Keep.UNTIL_A_CHANGE;
    }
    if (view.activity() != Activity.SILENT) {
      return new Share(view.joined());
    }
    Background background = view.background(); // KEY-SILENT
    if (background.tokens() == 0 || view.now().isBefore(background.earliest())) {
      return Keep.until(background.earliest());
    }
    return new Share(first(background.tokens(), view.joined()));
  }

  private RotationPlan letIn(RotationView view, Instant changed) {
    if (ratchet != null && view.activity() == Activity.SENDING) {
      Optional<RotationPlan> step = ratchet.plan(view, changed);
      if (step.isPresent()) {
        return step.get();
      }
    }
    // KEY-SEND: where many join, a rotation waits for more of them. Who leaves is locked out at once.
    boolean waits = view.activity() == Activity.SENDING && view.joinsLately() >= MANY_JOINS;
    return waits && view.now().isBefore(changed.plus(GATHER))
        ? Keep.until(changed.plus(GATHER))
        : pay(view, Cause.MEMBER_JOINED, changed);
  }

  /** The newest key is not in use yet: joiners are let into it; a leave may make another. */
  private RotationPlan pending(RotationView view) {
    if (!view.left().isEmpty()) {
      if (view.activity() == Activity.SILENT) {
        return pay(view, Cause.MEMBER_LEFT, view.now());
      }
      Optional<RotationPlan> another = another(view);
      if (another.isPresent() && view.joined().isEmpty()) {
        return another.get();
      }
    }
    return view.joined().isEmpty() ? Keep.UNTIL_A_CHANGE : new Share(view.joined());
  }

  /**
   * A sender's key that is not in use yet was offered to somebody who left. The next one follows at
   * once, and both come to use in turn: nobody who left waits for the rotation of another. If that
   * happens again before they are in use, after a second.
   */
  private Optional<RotationPlan> another(RotationView view) {
    if (view.activity() != Activity.SENDING) {
      return Optional.empty(); // KEY-HOLD: a leave in the hold does not restart it
    }
    RotationView.Rollout rollout = view.rollout();
    Instant at = rollout.followed() == 0 ? view.now() : rollout.startedAt().plus(SPACING);
    Use use = new Use.By(useDelay, view.leftAt().orElse(view.now()).plus(LATEST_USE));
    return Optional.of(
        view.now().isBefore(at) ? Keep.until(at) : new Rotate(Cause.MEMBER_LEFT, use, true));
  }

  /** A new key is needed. */
  private RotationPlan pay(RotationView view, Cause cause, Instant changed) {
    if (view.present().isEmpty()) {
      return new Rotate(cause, new Use.AtOnce());
    }
    switch (view.activity()) {
      case HELD:
        Instant end = view.rollout().heldSince().plus(LONGEST_HOLD);
        return new Rotate(cause, new Use.By(HOLD_DELAY, end));
      case SENDING:
        if (cause == Cause.FIRST_KEY) {
          return new Rotate(cause, new Use.AtOnce());
        }
        Instant start = view.rollout().startedAt();
        Instant earliest = start.equals(Instant.MIN) ? start : start.plus(SPACING);
        return view.now().isBefore(earliest) ? Keep.until(earliest) : rotate(cause, changed);
      case SILENT:
        return prepareOrOwe(view, cause);
    }
    throw new IllegalStateException("unknown activity");
  }

  private static RotationPlan prepareOrOwe(RotationView view, Cause cause) {
    Background background = view.background();
    if (!background.likelySpeaker()) {
      return new Owe(Optional.empty());
    }
    if (view.now().isBefore(background.prepareAt())) {
      return new Owe(Optional.of(background.prepareAt()));
    }
    return new Rotate(cause, new Use.By(Duration.ZERO, view.now().plus(READY_WAIT)));
  }

  private Rotate rotate(Cause cause, Instant changed) {
    return new Rotate(cause, new Use.By(useDelay, changed.plus(LATEST_USE)));
  }

  private static Set<CallMember> first(int count, Set<CallMember> members) {
    if (members.size() <= count) {
      return members;
    }
    Set<CallMember> first = new LinkedHashSet<>();
    for (Iterator<CallMember> all = members.iterator(); first.size() < count; ) {
      first.add(all.next());
    }
    return first;
  }

  @Override
  public boolean isSerial() {
    return false;
  }

  /** Random (KEY-SEND): a re-join must not meet the index of the join before. */
  @Override
  public KeyIndex firstIndex(RandomGenerator random) {
    return new KeyIndex(random.nextInt(KeyIndex.MAX + 1));
  }

  @Override
  public int keyBytes() {
    return ratchet == null ? MediaKey.MIN_BYTES : RATCHET_KEY_BYTES;
  }
}
