package io.matrixrtc.keys;

import io.matrixrtc.keys.RotationPlan.Use;
import io.matrixrtc.keys.RotationView.Activity;
import io.matrixrtc.keys.RotationView.Rollout;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
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
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The sending half: carries out the policy's plans. A key is made → offered → used; until the last
 * step the key before it stays in use (EM-ATOMIC). Of a serial policy one plan runs at a time, and
 * changes meanwhile cause one more question after it (EM-15). Members whose delivery failed are
 * offered the newest key again as long as they are present and may have it (EM-RETRY, KEY-ELIG).
 */
final class OwnKeys {
  /** So many questions in a row are asked at one moment; no sensible policy needs half of them. */
  private static final int MAX_PLANS = 8;

  private final RotationPolicy policy;
  private final Supplier<MediaKey> generator;
  private final RandomGenerator random;
  private final OwnRingGate gate;
  private final KeyOffers offers = new KeyOffers();
  private final BackgroundWork background;
  private final KeyAge age;
  private final OwnRatchet ratchet;

  private final SilenceWatch silence;
  private final PresentMembers members = new PresentMembers();
  private final KeyLine line = new KeyLine();
  private @Nullable KeyIndex lastIndex;
  private boolean lost;

  private long rolloutSend;
  private boolean rolling;
  private boolean again;
  private boolean owed;
  private @Nullable Instant askAgainAt;

  private int followed;
  private Instant startedAt = Instant.MIN;
  private final MediaHold hold;

  OwnKeys(
      RotationPolicy policy,
      Supplier<MediaKey> generator,
      RandomGenerator random,
      OwnRingGate gate,
      OwnRatchet ratchet) {
    this.policy = policy;
    this.generator = generator;
    this.random = random;
    this.gate = gate;
    this.ratchet = ratchet;
    this.background = new BackgroundWork(random);
    this.age = new KeyAge(random);
    this.silence = new SilenceWatch(gate);
    this.hold = new MediaHold(gate);
  }

  /** Members came and went. A first call without either begins the call. */
  void members(
      Collection<CallMember> joined,
      Collection<CallMember> left,
      Instant now,
      Collection<KeyEffect> out) {
    noteFrames(now);
    if (!left.isEmpty()) {
      background.left(now);
    }
    members.change(joined, left, now);
    line.members(joined, left, now);
    plan(now, out);
  }

  Set<CallMember> present() {
    return members.all();
  }

  void sent(long id, Map<CallMember, Delivery> answers, Instant now, Collection<KeyEffect> out) {
    noteFrames(now);
    OwnKey.Offer offer = offers.take(id);
    if (offer == null) {
      return;
    }
    OwnKey key = offer.key;
    boolean pending = line.isWaiting(key);
    boolean alive = pending || key == line.used();
    if (alive) {
      offers.answered(offer, answers, now, out);
    }
    if (id == rolloutSend) {
      rolloutSend = 0;
      if (pending && key.use instanceof Use.AfterConfirmation) {
        useLater(key, now, out);
      } else {
        finish(now, out);
      }
    } else if (owed && pending && key.servedAnyone()) {
      rolling = true;
      useLater(key, now, out);
    }
    if (!policy.isSerial()) {
      confirmed(now);
      wakeup(now, out);
    }
  }

  void wakeup(Instant now, Collection<KeyEffect> out) {
    noteFrames(now);
    for (long id : offers.overdue(now)) {
      sent(id, Map.of(), now, out);
    }
    silence.fellSilent(now).ifPresent(background::spoke);
    for (OwnKey key = line.due(now); key != null; key = line.due(now)) {
      use(key, now, out);
      finish(now, out);
    }
    if (ratchet.isDue(now)) {
      advance(now, out);
    }
    boolean asked = askAgainAt != null && !now.isBefore(askAgainAt) && !rolling;
    boolean aged = line.used() != null && age.isNewlyOver(now, gate.asked());
    if (asked || aged || !policy.isSerial()) {
      plan(now, out);
    }
    retry(now, out);
  }

  /** A frame moved the gate: the first one, or the first of a hold. */
  void media(Instant now, Collection<KeyEffect> out) {
    noteFrames(now);
    background.spoke(now);
    silence.active(now);
    if (hold.begins(now)) {
      KeyOffers.report(out, new KeyEvent.HoldStarted());
      OwnKey key = line.lastWaiting();
      OwnKey used = line.used();
      if (key != null) { // it was being made ready
        key.useBy(now.plus(DemandPolicy.LONGEST_HOLD));
      } else if (used != null && !owes(used)) {
        release(now, out); // made ready between the frame and this
      }
    }
    plan(now, out);
  }

  /** See {@link EncryptionManagerCore#onKeyLostByOthers}. */
  void offerAgain(Predicate<CallMember> whom, Instant now, Collection<KeyEffect> out) {
    noteFrames(now);
    OwnKey newest = line.newest();
    if (newest == null) {
      return;
    }
    Set<CallMember> to = new LinkedHashSet<>(newest.offered());
    to.retainAll(present());
    to.removeIf(member -> !mayHave(newest, member) || !whom.test(member));
    if (!to.isEmpty() && (ratchet.generation() > 0 || ratchet.isPending())) {
      lost = true; // KEY-R4: not the same index with other material
      plan(now, out);
    } else if (!to.isEmpty()) {
      newest.forgetAttempts();
      offers.offer(newest, to, now, out);
    }
  }

  /** Media must not leave, or may again (KEY-VIEW). */
  void viewIsBad(boolean bad, Instant now, Collection<KeyEffect> out) {
    if (!policy.holdsOnStaleView() || !hold.changes(bad)) {
      return;
    }
    noteFrames(now);
    OwnKey used = line.used();
    boolean owing = used == null || owes(used);
    hold.viewIsBad(bad, owing && !policy.isSerial());
    if (!bad) {
      out.add(new KeyEffect.RequestKeyFrames());
      plan(now, out);
    }
  }

  Optional<Instant> nextWakeup() {
    List<Instant> times = new ArrayList<>();
    offers.nextWakeup(line.newest(), present()).ifPresent(times::add);
    ratchet.advanceAt().ifPresent(times::add);
    line.waiting().forEach(key -> key.useAt().ifPresent(times::add));
    if (askAgainAt != null && !rolling) {
      times.add(askAgainAt);
    }
    silence.nextLook().ifPresent(times::add);
    if (line.used() != null && line.waiting().isEmpty() && !rolling) {
      age.endsAt().ifPresent(times::add);
    }
    return times.stream().min(Instant::compareTo);
  }

  Optional<KeyIndex> usedIndex() {
    return used().map(key -> key.index);
  }

  Optional<KeyIndex> newestIndex() {
    return Optional.ofNullable(line.newest()).map(key -> key.index);
  }

  Set<KeyIndex> indexes() {
    return line.indexes();
  }

  /** Whether a rotation reached nobody, or one that a sender needs is not done. */
  boolean owed() {
    return owed;
  }

  /** Whether frames are encrypted with a key that should be replaced. */
  boolean isRotationDue() {
    OwnKey used = line.used();
    boolean tainted = used != null && !used.left().isEmpty() && activity() == Activity.SENDING;
    return owed || tainted && !policy.sharesUsedKeys();
  }

  BackgroundWork background() {
    return background;
  }

  /** The deliveries of the newest key to members that are present. */
  Map<CallMember, DeliveryState> deliveries() {
    OwnKey newest = line.newest();
    Map<CallMember, DeliveryState> deliveries =
        newest == null ? new LinkedHashMap<>() : newest.deliveries();
    deliveries.keySet().retainAll(present());
    return deliveries;
  }

  /** The key in use, to replay. */
  Optional<OwnKey> used() {
    return Optional.ofNullable(line.used());
  }

  void wipe() {
    line.wipe();
    ratchet.cancel();
    offers.clear();
    askAgainAt = null;
    silence.stop();
  }

  void plan(Instant now, Collection<KeyEffect> out) {
    for (int i = 0; i < MAX_PLANS; i++) {
      if (rolling && policy.isSerial()) {
        again = true;
        return;
      }
      askAgainAt = null;
      RotationPlan plan = policy.plan(view(now));
      if (plan instanceof RotationPlan.Keep keep) {
        askAgainAt = keep.askAgainAt().orElse(null);
        return;
      } else if (plan instanceof RotationPlan.Share share) {
        share(share.to(), now, out);
      } else if (plan instanceof RotationPlan.Rotate rotate) {
        rotate(rotate, now, out);
      } else if (plan instanceof RotationPlan.Step step) {
        step(step, now, out);
      } else if (plan instanceof RotationPlan.Owe owe) {
        if (owe(out)) {
          askAgainAt = owe.askAgainAt().orElse(null);
          return;
        }
      } else {
        throw new IllegalStateException("policy " + policy.name() + " planned " + plan);
      }
      if (policy.isSerial()) {
        return;
      }
    }
  }

  private RotationView view(Instant now) {
    OwnKey newest = line.newest();
    Activity activity = activity();
    boolean aged =
        lost || line.waiting().isEmpty() && line.used() != null && age.isOver(now, gate.asked());
    boolean owing = newest == null || owes(newest) || aged;
    int offerable = newest == null || activity != Activity.SILENT ? 0 : newest.joined().size();
    return new RotationView(
        now,
        present(),
        members.devices(),
        newest == null ? new OwnKeyState.None() : newest.state(newest == line.used()),
        newest == null ? present() : newest.joined(),
        newest == null || policy.sharesUsedKeys() ? Set.of() : newest.excluded(),
        newest == null ? Set.of() : newest.left(),
        newest == null ? Optional.empty() : newest.leftAt(),
        newest == null ? Optional.empty() : newest.changedAt(),
        activity,
        new Rollout(!line.waiting().isEmpty(), followed, startedAt, hold.since().orElse(now)),
        aged,
        members.joinsLately(now),
        newest == null ? 0 : newest.jitter,
        policy.isSerial()
            ? RotationView.Background.NONE
            : background.view(offerable, present().size(), owing, now),
        newest == line.used() ? ratchet.state(newest, present()) : RotationView.RatchetState.NONE);
  }

  private Activity activity() {
    return hold.activity();
  }

  private void share(Set<CallMember> to, Instant now, Collection<KeyEffect> out) {
    OwnKey newest = Objects.requireNonNull(line.newest());
    Set<CallMember> allowed = new LinkedHashSet<>(to);
    allowed.removeIf(member -> !present().contains(member) || !mayHave(newest, member));
    if (allowed.isEmpty()) {
      return;
    }
    if (activity() == Activity.SILENT) {
      background.spend(allowed.size());
    }
    rollOut(newest, allowed, now, out);
  }

  /** KEY-ELIG */
  private boolean mayHave(OwnKey key, CallMember member) {
    return policy.sharesUsedKeys() || key.isEligible(member);
  }

  private void rotate(RotationPlan.Rotate plan, Instant now, Collection<KeyEffect> out) {
    followed = line.waiting().isEmpty() || !plan.besides() ? 0 : followed + 1;
    if (!plan.besides()) {
      line.dropWaiting(out);
    }
    ratchet.cancel();
    lost = false;
    lastIndex = lastIndex == null ? policy.firstIndex(random) : lastIndex.next();
    OwnKey made = new OwnKey(generator.get(), lastIndex, now, plan.use(), random.nextDouble());
    line.add(made);
    KeyOffers.report(out, new KeyEvent.RotationStarted(lastIndex, plan.cause(), present().size()));
    if (activity() == Activity.SILENT) {
      background.spend(present().size());
      background.prepared(now);
    } else if (activity() == Activity.SENDING) {
      startedAt = now;
    }
    if (plan.use() instanceof Use.AtOnce || present().isEmpty()) {
      use(made, now, out);
    } else if (plan.use() instanceof Use.By by) {
      made.useBy(by.latest());
    }
    rollOut(made, present(), now, out);
  }

  private void rollOut(OwnKey key, Set<CallMember> to, Instant now, Collection<KeyEffect> out) {
    if (!to.isEmpty()) {
      long id = offers.offer(key, to, now, out);
      if (policy.isSerial()) {
        rolling = true;
        rolloutSend = id;
      }
    }
  }

  private void step(RotationPlan.Step step, Instant now, Collection<KeyEffect> out) {
    OwnKey key = Objects.requireNonNull(line.used());
    Set<CallMember> to = new LinkedHashSet<>(step.to());
    to.retainAll(key.excluded());
    if (!to.isEmpty()) {
      MediaKey later = ratchet.begin(key.key(), step.advanceAt());
      offers.offer(key, later, to, now, out);
    }
  }

  private void advance(Instant now, Collection<KeyEffect> out) {
    OwnKey key = Objects.requireNonNull(line.used());
    out.add(new KeyEffect.AdvanceOwnKey(key.index, OwnRatchet.STEPS));
    out.add(new KeyEffect.Wipe(key.replace(ratchet.advance(now))));
    key.admitAll();
    KeyOffers.report(out, new KeyEvent.OwnKeyAdvanced(key.index, ratchet.generation()));
  }

  /** Whether nothing more is to be done before there is a frame; false: there was one. */
  private boolean owe(Collection<KeyEffect> out) {
    if (!hold.owe()) {
      return false;
    }
    ratchet.cancel();
    line.dropWaiting(out); // it was being made ready, and somebody left who was offered it
    return true;
  }

  /** When all have confirmed, a key is used a little later. */
  private void confirmed(Instant now) {
    for (OwnKey key : line.waiting()) {
      if (key.use instanceof Use.By by && key.isConfirmed(present())) {
        key.useBy(now.plus(hold.since().isEmpty() ? by.delay() : DemandPolicy.HOLD_DELAY));
      }
    }
  }

  private void useLater(OwnKey key, Instant now, Collection<KeyEffect> out) {
    if (!key.servedAnyone()) {
      if (!owed) {
        KeyOffers.report(out, new KeyEvent.RotationOwed(key.index));
      }
      owed = true;
      finish(now, out);
    } else if (key.use instanceof Use.AfterConfirmation after) {
      owed = false;
      key.useBy(now.plus(after.delay()));
      wakeup(now, out);
    } else {
      throw new IllegalStateException("a key to be used at once is in use before it is offered");
    }
  }

  /** Encrypts with a key that was made; those made before it will not be used. */
  private void use(OwnKey key, Instant now, Collection<KeyEffect> out) {
    out.add(new KeyEffect.UseOwnKey(key.index, key.key()));
    KeyOffers.report(out, new KeyEvent.OwnKeyUsed(key.index));
    line.use(key, out);
    owed = false;
    ratchet.fresh(now);
    age.fresh(gate.asked());
    release(now, out);
  }

  /** The key in use may encrypt: ends a hold, makes who owed ready. */
  private void release(Instant now, Collection<KeyEffect> out) {
    boolean held = hold.isOn();
    hold.endsAfter(now).ifPresent(took -> KeyOffers.report(out, new KeyEvent.HoldEnded(took)));
    if (hold.ends()) {
      out.add(new KeyEffect.OpenGate());
      if (held) {
        out.add(new KeyEffect.RequestKeyFrames());
        silence.active(now);
      }
    }
    if (policy.isSerial() || held || gate.state() == OwnRingGate.State.SENDING) {
      firstFrame(now);
    }
  }

  private void finish(Instant now, Collection<KeyEffect> out) {
    rolling = false;
    if (again || !policy.isSerial()) {
      again = false;
      plan(now, out);
    }
  }

  private void retry(Instant now, Collection<KeyEffect> out) {
    OwnKey newest = line.newest();
    if (newest == null) {
      return;
    }
    Set<CallMember> due = KeyOffers.dueAgain(newest, present(), now);
    due.removeIf(member -> !mayHave(newest, member));
    if (!due.isEmpty()) {
      MediaKey later = newest == line.used() ? ratchet.pending() : null;
      offers.offer(newest, later == null ? newest.key() : later, due, now, out);
    }
  }

  /** A frame may have gone out since the last input (KEY-GATE). */
  private void noteFrames(Instant now) {
    OwnKey used = line.used();
    if (used != null && !used.isUsed() && gate.state() == OwnRingGate.State.SENDING) {
      firstFrame(now);
    }
  }

  private void firstFrame(Instant now) {
    OwnKey used = line.used();
    if (used != null) {
      used.used(now);
      age.firstFrame(now);
    }
  }

  /** Whether {@code key} has to be replaced before the next frame. */
  private boolean owes(OwnKey key) {
    return !key.left().isEmpty() || !policy.sharesUsedKeys() && !key.excluded().isEmpty();
  }
}
