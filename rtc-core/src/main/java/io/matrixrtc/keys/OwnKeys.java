package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationPlan.Use;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The sending half: runs one rollout of the policy's plans at a time. A rollout that makes a key
 * goes: make → offer to all → (one confirmed, delay) → use; until the last step the key before it
 * stays in use (EM-ATOMIC). Changes during a rollout cause one more after it (EM-15). Members whose
 * delivery failed are offered the newest key again as long as they are present (EM-RETRY).
 */
final class OwnKeys {
  /** A transport that has not answered after this long is taken to have failed (EM-ANSWER). */
  static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final RotationPolicy policy;
  private final Supplier<MediaKey> generator;
  private final RandomGenerator random;
  private final Map<Long, InFlight> inFlight = new LinkedHashMap<>();

  private Set<CallMember> present = Set.of();
  private @Nullable OwnKey used;
  private @Nullable OwnKey next;
  private long lastSend;
  private long rolloutSend;
  private boolean rolling;
  private boolean again;
  private boolean owed;
  private @Nullable Instant useAt;
  private @Nullable Instant askAgainAt;

  private record InFlight(KeyIndex index, Set<CallMember> to, Instant since) {}

  OwnKeys(RotationPolicy policy, Supplier<MediaKey> generator, RandomGenerator random) {
    this.policy = policy;
    this.generator = generator;
    this.random = random;
  }

  void members(Set<CallMember> now, Instant at, Collection<KeyEffect> out) {
    present = now;
    if (rolling) {
      again = true;
    } else {
      plan(at, out);
    }
  }

  void sent(long id, Map<CallMember, Delivery> answers, Instant now, Collection<KeyEffect> out) {
    InFlight send = inFlight.remove(id);
    if (send == null) {
      return;
    }
    OwnKey key = byIndex(send.index());
    if (key != null) {
      send.to().forEach(member -> answered(key, member, answers.get(member), now, out));
    }
    if (id == rolloutSend) {
      rolloutSend = 0;
      if (key != null && key == next) {
        useLater(key, now, out);
      } else {
        finish(now, out);
      }
    } else if (owed && key != null && key == next && key.servedAnyone()) {
      rolling = true;
      useLater(key, now, out);
    }
  }

  void wakeup(Instant now, Collection<KeyEffect> out) {
    for (Map.Entry<Long, InFlight> send : List.copyOf(inFlight.entrySet())) {
      if (!now.isBefore(send.getValue().since().plus(ANSWER_TIMEOUT))) {
        sent(send.getKey(), Map.of(), now, out);
      }
    }
    if (useAt != null && !now.isBefore(useAt)) {
      useNext(out);
      finish(now, out);
    }
    if (askAgainAt != null && !now.isBefore(askAgainAt) && !rolling) {
      plan(now, out);
    }
    retry(now, out);
  }

  /**
   * Offers the newest key once more to everyone present who was offered it, as if nobody had been
   * served. Whoever was not is the policy's business.
   */
  void offerAgain(Instant now, Collection<KeyEffect> out) {
    OwnKey newest = newest();
    Set<CallMember> to = new LinkedHashSet<>(deliveries().keySet());
    if (newest != null && !to.isEmpty()) {
      newest.forgetAttempts();
      offer(newest, to, now, out);
    }
  }

  Optional<Instant> nextWakeup() {
    List<Instant> times = new ArrayList<>();
    inFlight.values().forEach(send -> times.add(send.since().plus(ANSWER_TIMEOUT)));
    if (useAt != null) {
      times.add(useAt);
    }
    if (askAgainAt != null && !rolling) {
      times.add(askAgainAt);
    }
    failed().values().forEach(failure -> times.add(failure.nextTryAt()));
    return times.stream().min(Instant::compareTo);
  }

  Optional<KeyIndex> usedIndex() {
    return Optional.ofNullable(used).map(key -> key.index);
  }

  Optional<KeyIndex> newestIndex() {
    return Optional.ofNullable(newest()).map(key -> key.index);
  }

  boolean owed() {
    return owed;
  }

  /** The deliveries of the newest key to members that are present. */
  Map<CallMember, DeliveryState> deliveries() {
    Map<CallMember, DeliveryState> deliveries = new LinkedHashMap<>();
    OwnKey newest = newest();
    if (newest != null) {
      deliveries.putAll(newest.deliveries());
      deliveries.keySet().retainAll(present);
    }
    return deliveries;
  }

  /** The key in use, to replay. */
  Optional<OwnKey> used() {
    return Optional.ofNullable(used);
  }

  void wipe() {
    for (OwnKey key : new OwnKey[] {used, next}) {
      if (key != null) {
        key.key.close();
      }
    }
    used = null;
    next = null;
    inFlight.clear();
    useAt = null;
    askAgainAt = null;
  }

  private void plan(Instant now, Collection<KeyEffect> out) {
    OwnKey newest = newest();
    OwnKeyState state = newest == null ? new OwnKeyState.None() : newest.state(newest == used);
    RotationPlan plan = policy.plan(state, present, now);
    askAgainAt = null;
    if (plan instanceof RotationPlan.Keep keep) {
      askAgainAt = keep.askAgainAt().orElse(null);
    } else if (plan instanceof RotationPlan.Share share && newest != null) {
      Set<CallMember> to = new LinkedHashSet<>(share.to());
      to.retainAll(present);
      rollOut(newest, to, now, out);
    } else if (plan instanceof RotationPlan.Rotate rotate) {
      rotate(rotate, newest, now, out);
    } else {
      throw new IllegalStateException("policy " + policy.name() + " planned " + plan);
    }
  }

  private void rotate(
      RotationPlan.Rotate plan, @Nullable OwnKey newest, Instant now, Collection<KeyEffect> out) {
    if (next != null) {
      out.add(new KeyEffect.Wipe(next.key));
    }
    KeyIndex index = newest == null ? policy.firstIndex(random) : newest.index.next();
    OwnKey made = new OwnKey(generator.get(), index, now, plan.use());
    next = made;
    report(out, new KeyEvent.RotationStarted(index, plan.cause(), present.size()));
    if (plan.use() instanceof Use.AtOnce || present.isEmpty()) {
      useNext(out);
    }
    rollOut(made, present, now, out);
  }

  private void rollOut(OwnKey key, Set<CallMember> to, Instant now, Collection<KeyEffect> out) {
    if (!to.isEmpty()) {
      rolling = true;
      rolloutSend = offer(key, to, now, out);
    }
  }

  private long offer(OwnKey key, Set<CallMember> to, Instant now, Collection<KeyEffect> out) {
    to.forEach(member -> key.offered(member, present, now));
    lastSend++;
    inFlight.put(lastSend, new InFlight(key.index, Set.copyOf(to), now));
    out.add(new KeyEffect.Send(lastSend, key.key, key.index, to));
    return lastSend;
  }

  private void answered(
      OwnKey key,
      CallMember member,
      @Nullable Delivery answer,
      Instant now,
      Collection<KeyEffect> out) {
    Delivery delivery =
        answer == null
            ? new Delivery.Failed(Delivery.Reason.NO_ANSWER, "the transport gave no outcome")
            : answer;
    DeliveryState state = key.answered(member, delivery, now);
    if (state instanceof DeliveryState.Served) {
      report(out, new KeyEvent.KeyServed(member, key.index));
    } else if (state instanceof DeliveryState.Failed failed) {
      report(
          out, new KeyEvent.KeyNotServed(member, key.index, failed.failure(), failed.nextTryAt()));
    }
  }

  private void useLater(OwnKey key, Instant now, Collection<KeyEffect> out) {
    if (!key.servedAnyone()) {
      if (!owed) {
        report(out, new KeyEvent.RotationOwed(key.index));
      }
      owed = true;
      finish(now, out);
    } else if (key.use instanceof Use.AfterConfirmation after) {
      owed = false;
      useAt = now.plus(after.delay());
      wakeup(now, out);
    } else {
      throw new IllegalStateException("a key to be used at once is in use before it is offered");
    }
  }

  private void useNext(Collection<KeyEffect> out) {
    OwnKey key = Objects.requireNonNull(next);
    out.add(new KeyEffect.UseOwnKey(key.index, key.key));
    report(out, new KeyEvent.OwnKeyUsed(key.index));
    if (used != null) {
      out.add(new KeyEffect.Wipe(used.key));
    }
    used = key;
    next = null;
    useAt = null;
    owed = false;
  }

  private void finish(Instant now, Collection<KeyEffect> out) {
    rolling = false;
    if (again) {
      again = false;
      plan(now, out);
    }
  }

  private void retry(Instant now, Collection<KeyEffect> out) {
    Set<CallMember> due = new LinkedHashSet<>();
    failed()
        .forEach(
            (member, failure) -> {
              if (!now.isBefore(failure.nextTryAt())) {
                due.add(member);
              }
            });
    OwnKey newest = newest();
    if (newest != null && !due.isEmpty()) {
      offer(newest, due, now, out);
    }
  }

  private Map<CallMember, DeliveryState.Failed> failed() {
    Map<CallMember, DeliveryState.Failed> failed = new LinkedHashMap<>();
    deliveries()
        .forEach(
            (member, state) -> {
              if (state instanceof DeliveryState.Failed failure) {
                failed.put(member, failure);
              }
            });
    return failed;
  }

  private @Nullable OwnKey newest() {
    return next != null ? next : used;
  }

  private @Nullable OwnKey byIndex(KeyIndex index) {
    if (next != null && next.index.equals(index)) {
      return next;
    }
    return used != null && used.index.equals(index) ? used : null;
  }

  private static void report(Collection<KeyEffect> out, KeyEvent event) {
    out.add(new KeyEffect.Report(event));
  }
}
