package io.matrixrtc.keys;

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
  private final OwnKeys ownKeys;
  private final RemoteKeys remoteKeys = new RemoteKeys();
  private boolean closed;

  /**
   * Starts with nobody present and no key.
   *
   * @param own this device; its own memberships are ignored (EM-SELF)
   * @param policy decides about rotations
   * @param generator makes own keys; the core closes them
   * @param random for what a policy draws; not for keys
   */
  public EncryptionManagerCore(
      DeviceAddress own,
      RotationPolicy policy,
      Supplier<MediaKey> generator,
      RandomGenerator random) {
    this.own = own;
    this.ownKeys = new OwnKeys(policy, generator, random);
  }

  /** Everyone who is in the call now. Own participations in it are skipped. */
  public List<KeyEffect> onMembers(Collection<CallMember> members, Instant now) {
    Set<CallMember> others = new LinkedHashSet<>(members);
    others.removeIf(member -> member.device().equals(own));
    return run(
        out -> {
          remoteKeys.members(others, now, out);
          ownKeys.members(Set.copyOf(others), now, out);
        });
  }

  /**
   * The outcome of a {@link KeyEffect.Send}. A member without one counts as failed. A second answer
   * to the same id, or one that comes after {@link OwnKeys#ANSWER_TIMEOUT}, is ignored.
   */
  public List<KeyEffect> onSent(long id, Map<CallMember, Delivery> answers, Instant now) {
    return run(out -> ownKeys.sent(id, answers, now, out));
  }

  /** A key arrived. The core owns it from here on, also when it is closed. */
  public List<KeyEffect> onKey(ReceivedKey key, Instant now) {
    if (closed) {
      key.key().close();
    }
    return run(out -> remoteKeys.received(key, now, out));
  }

  /** A key arrived that the transport refused. */
  public List<KeyEffect> onRefused(KeyRefusal refusal) {
    return run(out -> remoteKeys.refused(refusal, out));
  }

  /** Time has passed. May be called at any time; is due at {@link #nextWakeup}. */
  public List<KeyEffect> onWakeup(Instant now) {
    return run(
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
    return run(out -> ownKeys.offerAgain(now, out));
  }

  /** The media layer was rebuilt: sets every key in use once more. */
  public List<KeyEffect> onReplay() {
    return run(
        out -> {
          ownKeys.used().ifPresent(key -> out.add(new KeyEffect.UseOwnKey(key.index, key.key)));
          remoteKeys.replay(out);
        });
  }

  /** When {@link #onWakeup} is due next, if at all. */
  public Optional<Instant> nextWakeup() {
    return closed
        ? Optional.empty()
        : Stream.concat(ownKeys.nextWakeup().stream(), remoteKeys.nextWakeup().stream())
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
            ownKeys.deliveries(),
            remoteKeys.states(),
            remoteKeys.earlyKeys());
  }

  /** Wipes every key. */
  @Override
  public void close() {
    closed = true;
    ownKeys.wipe();
    remoteKeys.wipe();
  }

  private List<KeyEffect> run(Step step) {
    List<KeyEffect> effects = new ArrayList<>();
    if (!closed) {
      step.run(effects);
    }
    return effects;
  }

  @FunctionalInterface
  private interface Step {
    void run(Collection<KeyEffect> out);
  }
}
