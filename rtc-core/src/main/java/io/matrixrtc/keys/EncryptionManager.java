package io.matrixrtc.keys;

import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives this device its own media key in a call, distributes it, rotates it, and hands the keys of
 * the others to the media layer. Runs an {@link EncryptionManagerCore} on a serial executor. Any
 * thread may call; nothing blocks. May be started again after a stop, then with fresh keys.
 */
public final class EncryptionManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EncryptionManager.class);

  private final CallContext context;
  private final Settings settings;
  private final SerialScheduler scheduler;
  private final Consumer<KeyEvent> listener;
  private @Nullable EncryptionManagerCore core;
  private KeyTransport.@Nullable Subscription subscription;
  private SerialScheduler.@Nullable Timer timer;
  private final Map<Standing, Input> standing = new EnumMap<>(Standing.class);
  private KeyStatistics statistics = KeyStatistics.NONE;
  private boolean closed;

  /**
   * What a manager is made of.
   *
   * @param policy decides about rotations
   * @param transport carries keys; closed with the manager
   * @param sink the media layer
   * @param generator makes own keys, from a {@link java.security.SecureRandom}
   * @param random for what a policy draws; not for keys
   */
  public record Settings(
      RotationPolicy policy,
      KeyTransport transport,
      MediaKeySink sink,
      Supplier<MediaKey> generator,
      RandomGenerator random) {}

  /**
   * @param listener told of events on the manager's executor, one at a time; must not block
   */
  public EncryptionManager(
      CallContext context,
      Settings settings,
      SerialScheduler scheduler,
      Consumer<KeyEvent> listener) {
    this.context = context;
    this.settings = settings;
    this.scheduler = scheduler;
    this.listener = listener;
  }

  /** Begins: attaches to the transport. No key is made before the first {@link #onMembers}. */
  public void start() {
    scheduler.execute(
        () -> {
          if (core == null && !closed) {
            LOG.debug("{} key distribution starts, policy {}", context, settings.policy().name());
            core = newCore();
            subscription = settings.transport().subscribe(new Incoming());
            List.copyOf(standing.values()).forEach(input -> handle(core, input));
          }
        });
  }

  private EncryptionManagerCore newCore() {
    OwnRingGate gate = new OwnRingGate(() -> with(EncryptionManagerCore::onMedia));
    return new EncryptionManagerCore(
        context.own(),
        new EncryptionManagerCore.Parts(
            settings.policy(),
            settings.generator(),
            settings.random(),
            gate,
            settings.sink().advancesKeys()),
        settings.sink().onGate(gate));
  }

  /** Everyone who is in the call now, this device or not. Without effect unless started. */
  public void onMembers(Collection<CallMember> members) {
    List<CallMember> copy = List.copyOf(members);
    Set<DeviceAddress> others = new HashSet<>();
    copy.forEach(member -> others.add(member.device()));
    others.remove(context.own());
    scheduler.execute(
        () -> {
          if (core != null) {
            settings.transport().onMembers(others);
          }
          handle(core, (core, now) -> core.onMembers(copy, now));
        });
  }

  /** See {@link EncryptionManagerCore#onBarredDevices}. Counts for later joins too. */
  public void onBarredDevices(Map<DeviceAddress, String> devices) {
    Map<DeviceAddress, String> copy = Map.copyOf(devices);
    always(Standing.BARRED, (core, now) -> core.onBarredDevices(copy, now));
  }

  /** A sync succeeded. Once called, it is expected every 10 s (KEY-VIEW). */
  public void onSynced() {
    with(EncryptionManagerCore::onSynced);
  }

  /** See {@link EncryptionManagerCore#onHoldsOnStaleView}. Counts for later joins too. */
  public void setHoldsOnStaleView(boolean holds) {
    always(Standing.HOLDS, (core, now) -> core.onHoldsOnStaleView(holds, now));
  }

  /** See {@link EncryptionManagerCore#onLikelySpeaker}. Counts for later joins too. */
  public void onLikelySpeaker(boolean likely) {
    always(Standing.LIKELY_SPEAKER, (core, now) -> core.onLikelySpeaker(likely, now));
  }

  /** See {@link EncryptionManagerCore#onWalkingReceivers}. Counts for later joins too. */
  public void onWalkingReceivers(Set<DeviceAddress> devices) {
    Set<DeviceAddress> copy = Set.copyOf(devices);
    always(Standing.WALKING, (core, now) -> core.onWalkingReceivers(copy, now));
  }

  /**
   * See {@link EncryptionManagerCore#onDataPackets}. Needed only if data packets are not encrypted
   * with the ring that asks {@link MediaKeySink#onGate the gate}. Counts for later joins too.
   */
  public void onDataPackets(boolean used) {
    always(Standing.DATA_PACKETS, (core, now) -> core.onDataPackets(used, now));
  }

  /** See {@link EncryptionManagerCore#onKeyLostByOthers}. */
  public void onKeyLostByOthers() {
    with(EncryptionManagerCore::onKeyLostByOthers);
  }

  /** Sets every key in use once more, for a media layer that was rebuilt. */
  public void replayKeys() {
    with((core, now) -> core.onReplay());
  }

  /** Who has my key, whose key do I lack, and why. */
  public CompletionStage<KeyStatus> status() {
    CompletableFuture<KeyStatus> status = new CompletableFuture<>();
    scheduler.execute(() -> status.complete(statusNow()));
    return status;
  }

  private KeyStatus statusNow() {
    if (core == null) {
      return KeyStatus.NONE;
    }
    KeyStatus known = core.status();
    Map<CallMember, FrameTally> frames = new HashMap<>();
    known.remote().keySet().forEach(m -> frames.put(m, settings.sink().framesOf(m)));
    return known.withFrames(frames);
  }

  /** What it cost and how long it took, in all joins so far. */
  public CompletionStage<KeyStatistics> statistics() {
    CompletableFuture<KeyStatistics> answer = new CompletableFuture<>();
    scheduler.execute(() -> answer.complete(statistics));
    return answer;
  }

  /** See {@link EncryptionManagerCore#onFrameWithoutKey}. From any media thread. */
  public void onFrameWithoutKey(String mediaIdentity) {
    with((core, now) -> core.onFrameWithoutKey(mediaIdentity, now));
  }

  /** Stops all work, wipes every key, tells the media layer. */
  public void stop() {
    scheduler.execute(this::stopNow);
  }

  /** Stops for good and closes the transport. */
  @Override
  public void close() {
    scheduler.execute(
        () -> {
          stopNow();
          if (!closed) {
            closed = true;
            settings.transport().close();
          }
        });
  }

  private void stopNow() {
    EncryptionManagerCore ending = core;
    if (ending == null) {
      return;
    }
    core = null;
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    ending.ownIndexes().forEach(settings.transport()::onRetired);
    ending.close();
    settings.sink().onClosed();
    LOG.debug("{} key distribution ended", context);
  }

  /** What was said before a join counts in it. */
  private void always(Standing what, Input input) {
    scheduler.execute(
        () -> {
          standing.put(what, input);
          handle(core, input);
        });
  }

  private void with(Input input) {
    scheduler.execute(() -> handle(core, input));
  }

  private void handle(@Nullable EncryptionManagerCore target, Input input) {
    if (target == null || target != core) {
      return;
    }
    input.apply(target, scheduler.now()).forEach(effect -> carryOutSafely(target, effect));
    if (target == core) {
      if (timer != null) {
        timer.cancel();
      }
      Optional<Instant> next = target.nextWakeup();
      timer = next.map(at -> scheduler.schedule(at, () -> handle(target, WAKEUP))).orElse(null);
    }
  }

  /** What throws in the app's code must not keep the effects behind it from happening. */
  private void carryOutSafely(EncryptionManagerCore target, KeyEffect effect) {
    try {
      carryOut(target, effect);
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", context, effect.getClass().getSimpleName(), e);
      if (effect instanceof KeyEffect.Send send) {
        sent(target, send, Map.of());
      }
    }
  }

  private void carryOut(EncryptionManagerCore target, KeyEffect effect) {
    if (effect instanceof KeyEffect.Send send) {
      send(target, send);
    } else if (effect instanceof KeyEffect.UseOwnKey use) {
      settings.sink().onOwnKey(use.index(), use.key());
    } else if (effect instanceof KeyEffect.AdvanceOwnKey advance) {
      settings.sink().onOwnKeyAdvanced(advance.index(), advance.steps());
    } else if (effect instanceof KeyEffect.OpenGate) {
      target.openGate();
    } else if (effect instanceof KeyEffect.RequestKeyFrames) {
      settings.sink().onKeyFramesWanted();
    } else if (effect instanceof KeyEffect.SetRemoteKey set) {
      settings.sink().onRemoteKey(set.member(), set.index(), set.key());
    } else if (effect instanceof KeyEffect.DropRemote drop) {
      settings.sink().onRemoteLeft(drop.member());
    } else if (effect instanceof KeyEffect.Wipe wipe) {
      wipe.key().close();
    } else if (effect instanceof KeyEffect.Retired retired) {
      settings.transport().onRetired(retired.index());
    } else if (effect instanceof KeyEffect.Report report) {
      KeyEventLog.write(LOG, context, report.event());
      statistics = statistics.after(report.event());
      listener.accept(report.event());
    } else {
      throw new IllegalStateException("unknown effect");
    }
  }

  private void send(EncryptionManagerCore target, KeyEffect.Send send) {
    settings
        .transport()
        .send(send.key(), send.index(), send.to())
        .whenComplete(
            (answers, failure) -> {
              if (failure != null) {
                LOG.warn("{} sending key {} failed: {}", context, send.index(), failure.toString());
              }
              sent(target, send, failure == null ? answers : Map.of());
            });
  }

  private void sent(
      EncryptionManagerCore target, KeyEffect.Send send, Map<CallMember, Delivery> answers) {
    scheduler.execute(() -> handle(target, (core, now) -> core.onSent(send.id(), answers, now)));
  }

  private static final Input WAKEUP = EncryptionManagerCore::onWakeup;

  /** Inputs whose last word counts until another is said. */
  private enum Standing {
    BARRED,
    HOLDS,
    LIKELY_SPEAKER,
    WALKING,
    DATA_PACKETS
  }

  @FunctionalInterface
  private interface Input {
    List<KeyEffect> apply(EncryptionManagerCore core, Instant now);
  }

  private final class Incoming implements KeyTransport.Sink {
    @Override
    public void onKey(ReceivedKey key) {
      scheduler.execute(
          () -> {
            if (core == null) {
              key.key().close();
            }
            handle(core, (core, now) -> core.onKey(key, now));
          });
    }

    @Override
    public void onRefused(KeyRefusal refusal) {
      with((core, now) -> core.onRefused(refusal));
    }

    @Override
    public void onWayChanged(KeyTransport.WayChange change) {
      with((core, now) -> core.onWayChanged(change, now));
    }
  }
}
