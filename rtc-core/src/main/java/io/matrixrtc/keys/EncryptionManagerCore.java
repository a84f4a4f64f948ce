package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Key distribution for one participation of this device in a call, from join to leave, as a state
 * machine: inputs and the current time in, effects out, to be carried out in order. Holds no clock,
 * thread or transport. Not thread-safe. After {@link #close} every input is without effect.
 */
public final class EncryptionManagerCore implements AutoCloseable {
  private final DeviceAddress own;
  private final OwnRingGate gate;
  private final OwnRatchet ratchet;
  private final OwnKeys ownKeys;
  private final RemoteKeys remoteKeys = new RemoteKeys();
  private final ViewWatch view = new ViewWatch();
  private final Set<CallMember> members = new LinkedHashSet<>();
  private Map<DeviceAddress, String> barred = Map.of();
  private boolean holdsOnStaleView = true;
  private boolean closed;

  /**
   * What a core is made of.
   *
   * @param policy decides about rotations
   * @param generator makes own keys, of {@link RotationPolicy#keyBytes}; the core closes them
   * @param random for what a policy draws; not for keys
   * @param gate the own ring's state; connected if the media layer asks it for each frame
   * @param mediaAdvances whether the media layer carries out {@link KeyEffect.AdvanceOwnKey}
   */
  public record Parts(
      RotationPolicy policy,
      Supplier<MediaKey> generator,
      RandomGenerator random,
      OwnRingGate gate,
      boolean mediaAdvances) {}

  /**
   * Starts with nobody present and no key, for a media layer that asks for no frame.
   *
   * @param own this device; its own memberships are ignored (EM-SELF)
   */
  public EncryptionManagerCore(
      DeviceAddress own,
      RotationPolicy policy,
      Supplier<MediaKey> generator,
      RandomGenerator random) {
    this(own, new Parts(policy, generator, random, new OwnRingGate(() -> {}), false), false);
  }

  /**
   * Starts with nobody present and no key.
   *
   * @param own this device; its own memberships are ignored (EM-SELF)
   * @param gated whether the media layer asks the gate for each frame
   */
  public EncryptionManagerCore(DeviceAddress own, Parts parts, boolean gated) {
    this.own = own;
    this.gate = parts.gate();
    this.ratchet = new OwnRatchet(parts.mediaAdvances());
    if (gated) {
      gate.connect(parts.policy().isSerial() ? OwnRingGate.State.READY : OwnRingGate.State.OWING);
    }
    this.ownKeys = new OwnKeys(parts.policy(), parts.generator(), parts.random(), gate, ratchet);
  }

  /** Everyone who is in the call now. Own participations in it are skipped. */
  public List<KeyEffect> onMembers(Collection<CallMember> now, Instant at) {
    Set<CallMember> others = new LinkedHashSet<>(now);
    others.removeIf(member -> member.device().equals(own));
    List<CallMember> left = members.stream().filter(member -> !others.contains(member)).toList();
    others.removeAll(members);
    return onMembersChanged(others, left, at);
  }

  /**
   * Who came and went since the last call, this device not among them.
   *
   * @param joined participations that were not there
   * @param left participations that were there
   */
  public List<KeyEffect> onMembersChanged(
      Collection<CallMember> joined, Collection<CallMember> left, Instant now) {
    return run(
        now,
        out -> {
          members.removeAll(left);
          members.addAll(joined);
          remoteKeys.changed(joined, left, now, out);
          reportBarred(joined, out);
          ownKeys.members(admitted(joined), admitted(left), now, out);
        });
  }

  /**
   * The devices that do not meet the send policy now: blocked, deleted, without the signature that
   * is required. They are given no own key; one of them that was given one counts as a leaver at
   * once, and as a joiner when it meets the policy again.
   *
   * @param devices with why, for people; devices that are in no call do no harm
   */
  public List<KeyEffect> onBarredDevices(Map<DeviceAddress, String> devices, Instant now) {
    return run(
        now,
        out -> {
          Set<CallMember> before = new LinkedHashSet<>(admitted(members));
          barred = Map.copyOf(devices);
          Set<CallMember> after = new LinkedHashSet<>(admitted(members));
          List<CallMember> left = before.stream().filter(m -> !after.contains(m)).toList();
          after.removeAll(before);
          reportBarred(left, out);
          after.forEach(m -> KeyOffers.report(out, new KeyEvent.MemberAdmitted(m)));
          ownKeys.members(after, left, now, out);
        });
  }

  private void reportBarred(Collection<CallMember> some, Collection<KeyEffect> out) {
    for (CallMember member : some) {
      String reason = barred.get(member.device());
      if (reason != null) {
        KeyOffers.report(out, new KeyEvent.MemberBarred(member, reason));
      }
    }
  }

  private Collection<CallMember> admitted(Collection<CallMember> some) {
    return barred.isEmpty()
        ? some
        : some.stream().filter(member -> !barred.containsKey(member.device())).toList();
  }

  /**
   * The outcome of a {@link KeyEffect.Send}. A member without one counts as failed. A second answer
   * to the same id, or one that comes after {@link KeyOffers#ANSWER_TIMEOUT}, is ignored.
   */
  public List<KeyEffect> onSent(long id, Map<CallMember, Delivery> answers, Instant now) {
    return run(now, out -> ownKeys.sent(id, answers, now, out));
  }

  /** A frame moved the gate. */
  public List<KeyEffect> onMedia(Instant now) {
    return run(
        now,
        out -> {
          if (gate.hasDataPackets()) {
            ratchet.dataPackets(true);
          }
          ownKeys.media(now, out);
        });
  }

  /** A sync succeeded: the members are as they are known (KEY-VIEW). */
  public List<KeyEffect> onSynced(Instant now) {
    return run(now, out -> view.synced(now, out));
  }

  /**
   * Whether media is held while the view of the call is stale (KEY-VIEW); until it is said, if the
   * policy holds it at all, it is. Events tell of it in any case.
   */
  public List<KeyEffect> onHoldsOnStaleView(boolean holds, Instant now) {
    return run(now, out -> holdsOnStaleView = holds);
  }

  /** The app expects this device to speak soon: a raised hand, say. Only spends the budget. */
  public List<KeyEffect> onLikelySpeaker(boolean likely, Instant now) {
    return run(
        now,
        out -> {
          ownKeys.background().hint(likely);
          ownKeys.plan(now, out);
        });
  }

  /** The devices whose receivers walk from the key that they were given (KEY-R0). */
  public List<KeyEffect> onWalkingReceivers(Set<DeviceAddress> devices, Instant now) {
    return run(now, out -> ratchet.walkers(devices));
  }

  /** Whether data packets are encrypted with the own key too (KEY-R6). */
  public List<KeyEffect> onDataPackets(boolean used, Instant now) {
    return run(now, out -> ratchet.dataPackets(used || gate.hasDataPackets()));
  }

  /** A key arrived. The core owns it from here on, also when it is closed. */
  public List<KeyEffect> onKey(ReceivedKey key, Instant now) {
    if (closed) {
      key.key().close();
    }
    return run(now, out -> remoteKeys.received(key, now, out));
  }

  /**
   * A frame came under an index that no key of its sender is held for. Cheap; may be told of each
   * such frame, or of one now and then.
   */
  public List<KeyEffect> onFrameWithoutKey(String mediaIdentity, Instant now) {
    return run(now, out -> remoteKeys.frameWithoutKey(mediaIdentity, now));
  }

  /** A key arrived that the transport refused. */
  public List<KeyEffect> onRefused(KeyRefusal refusal) {
    List<KeyEffect> effects = new ArrayList<>();
    if (!closed) {
      remoteKeys.refused(refusal, effects);
    }
    return effects;
  }

  /** Time has passed. May be called at any time; is due at {@link #nextWakeup}. */
  public List<KeyEffect> onWakeup(Instant now) {
    return run(
        now,
        out -> {
          remoteKeys.wakeup(now, out);
          ownKeys.wakeup(now, out);
        });
  }

  /**
   * Others may have lost this device's key: its membership was gone and is back, or the transport
   * changed. Offers the newest key again to everyone present who was offered it.
   */
  public List<KeyEffect> onKeyLostByOthers(Instant now) {
    return run(now, out -> ownKeys.offerAgain(member -> true, now, out));
  }

  /** Own keys go by another way: offers the newest again to those whom it did not reach (RD-5). */
  public List<KeyEffect> onWayChanged(KeyTransport.WayChange change, Instant now) {
    return run(
        now,
        out -> {
          KeyOffers.report(
              out, new KeyEvent.WayChanged(change.devices(), change.way(), change.reason()));
          if (change.offersAgain()) {
            ownKeys.offerAgain(member -> change.devices().contains(member.device()), now, out);
          }
        });
  }

  /** The media layer was rebuilt: sets every key in use once more. */
  public List<KeyEffect> onReplay() {
    List<KeyEffect> effects = new ArrayList<>();
    if (!closed) {
      ownKeys.used().ifPresent(key -> effects.add(new KeyEffect.UseOwnKey(key.index, key.key())));
      remoteKeys.replay(effects);
    }
    return effects;
  }

  /** Carries out a {@link KeyEffect.OpenGate}. */
  public void openGate() {
    gate.open();
  }

  /** When {@link #onWakeup} is due next, if at all. */
  public Optional<Instant> nextWakeup() {
    return closed
        ? Optional.empty()
        : Stream.of(
                ownKeys.nextWakeup().stream(), remoteKeys.nextWakeup().stream(), view.nextWakeup())
            .flatMap(times -> times)
            .min(Instant::compareTo);
  }

  /** Who has my key, whose key do I lack, and why. */
  public KeyStatus status() {
    return closed
        ? KeyStatus.NONE
        : new KeyStatus(
            ownKeys.usedIndex(),
            ownKeys.newestIndex(),
            ownKeys.owed(),
            deliveries(),
            remoteKeys.states(),
            Map.of(),
            remoteKeys.earlyKeys());
  }

  private Map<CallMember, DeliveryState> deliveries() {
    Map<CallMember, DeliveryState> deliveries = ownKeys.deliveries();
    for (CallMember member : members) {
      String reason = barred.get(member.device());
      if (reason != null) {
        deliveries.put(member, new DeliveryState.Withheld(reason));
      }
    }
    return deliveries;
  }

  /** The indexes of the own keys that were offered and are not retired. */
  public Set<KeyIndex> ownIndexes() {
    return ownKeys.indexes();
  }

  /** Wipes every key; no frame passes the gate any more. */
  @Override
  public void close() {
    closed = true;
    if (gate.isConnected()) {
      gate.hold();
    }
    ownKeys.wipe();
    remoteKeys.wipe();
  }

  private List<KeyEffect> run(Instant now, Step step) {
    List<KeyEffect> effects = new ArrayList<>();
    if (!closed) {
      step.run(effects);
      view.owed(ownKeys.isRotationDue(), now);
      view.wakeup(now, effects);
      ownKeys.viewIsBad(view.isBad() && holdsOnStaleView, now, effects);
    }
    return effects;
  }

  @FunctionalInterface
  private interface Step {
    void run(Collection<KeyEffect> out);
  }
}
