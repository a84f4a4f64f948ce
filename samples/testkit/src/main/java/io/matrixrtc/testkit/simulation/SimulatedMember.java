package io.matrixrtc.testkit.simulation;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.Delivery;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManagerCore;
import io.matrixrtc.keys.KeyEffect;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.OwnRingGate;
import io.matrixrtc.keys.RotationPlan.Cause;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One participant: its key distribution, its gate, its microphone. Only the network and the media
 * are modelled; what is sent to whom and when is decided by {@link EncryptionManagerCore}.
 */
final class SimulatedMember {
  static final long NEVER = Long.MAX_VALUE;

  private static final Delivery SERVED = new Delivery.Served();
  private static final Delivery FAILED =
      new Delivery.Failed(Delivery.Reason.NOT_SENT, "the modelled network lost it");
  private static final long FRAME_MICROS = 20_000;
  private static final Instant EPOCH = Instant.ofEpochMilli(1_770_000_000_000L);

  final int id;
  final CallMember member;
  final List<SentKey> keysWithFrames = new ArrayList<>();

  /** When it joined and left: as its membership says. */
  long joinedAt = NEVER;

  long leftAt = NEVER;

  /** When it learned of the members; changes before are in that list already. */
  long startedAt = NEVER;

  /** Until here its sync has come: a later change is never learned before an earlier one. */
  long syncedAt = Long.MIN_VALUE;

  private final CallSimulation call;
  private final EncryptionManagerCore core;
  private final OwnRingGate gate;
  private final Map<KeyIndex, SentKey> keys = new HashMap<>();
  private final Map<KeyIndex, MediaKey> offeredAhead = new HashMap<>();
  private @Nullable SentKey inUse;
  private Cause cause = Cause.FIRST_KEY;
  private int made;
  private long sends;
  private long wakeAt = NEVER;
  private boolean speaking;
  private boolean gateMoved;
  private long unmutedAt;
  private boolean held;
  private boolean heard;

  SimulatedMember(int id, CallSimulation call, RotationPolicy policy, long seed) {
    this.id = id;
    this.call = call;
    this.member = memberOf(id);
    Random random = new Random(seed * 1_000_003 + id);
    this.gate = new OwnRingGate(() -> gateMoved = true);
    this.core =
        new EncryptionManagerCore(
            member.device(),
            new EncryptionManagerCore.Parts(
                policy, () -> MediaKey.generate(random, policy.keyBytes()), random, gate, true),
            true);
  }

  private static CallMember memberOf(int id) {
    String device = "D" + id;
    String user = "@u" + id + ":example.org";
    return new CallMember(
        new DeviceAddress(user, device), user + ":" + device, EPOCH, user + ":" + device);
  }

  static int idOf(CallMember member) {
    String device = member.device().deviceId();
    return Integer.parseInt(device, 1, device.length(), 10);
  }

  void members(Collection<CallMember> joined, Collection<CallMember> left) {
    carryOut(core.onMembersChanged(joined, left, now()));
  }

  void walkers(Set<DeviceAddress> devices) {
    carryOut(core.onWalkingReceivers(devices, now()));
  }

  void speak() {
    speaking = true;
    unmutedAt = call.now();
    held = false;
    heard = false;
    frame();
  }

  void mute() {
    speaking = false;
  }

  void leave() {
    speaking = false;
    core.close();
    wakeAt = NEVER;
  }

  boolean isSpeaking() {
    return speaking;
  }

  private void frame() {
    if (!speaking || call.isOver()) {
      return;
    }
    boolean admitted = gate.admit();
    if (gateMoved) {
      gateMoved = false;
      carryOut(core.onMedia(now()));
    }
    SentKey key = inUse;
    if (admitted && key != null) {
      key.frame(call.now());
      if (!heard) {
        heard = true;
        call.measures().unmuted(held, unmutedAt, call.now());
      }
    } else {
      held = true;
    }
    call.at(call.now() + FRAME_MICROS, this::frame);
  }

  private void carryOut(List<KeyEffect> effects) {
    for (KeyEffect effect : effects) {
      if (effect instanceof KeyEffect.Send send) {
        send(send);
      } else if (effect instanceof KeyEffect.UseOwnKey use) {
        retire(inUse);
        inUse = Objects.requireNonNull(keys.get(use.index()));
        inUse.used(use.key());
        int number = inUse.number;
        keys.values().removeIf(key -> key.number < number);
      } else if (effect instanceof KeyEffect.AdvanceOwnKey advance) {
        advance(advance);
      } else if (effect instanceof KeyEffect.OpenGate) {
        core.openGate();
      } else if (effect instanceof KeyEffect.Wipe wipe) {
        wipe.key().close();
      } else if (effect instanceof KeyEffect.Report report
          && report.event() instanceof KeyEvent.RotationStarted started) {
        cause = started.cause();
        keys.put(started.index(), new SentKey(id, made++));
        offeredAhead.remove(started.index());
      }
    }
    schedule();
  }

  private void advance(KeyEffect.AdvanceOwnKey advance) {
    MediaKey material = offeredAhead.remove(advance.index());
    SentKey key = keys.get(advance.index());
    if (material == null || key == null || key != inUse) {
      throw new IllegalStateException("a key is advanced that is not in use or was offered nobody");
    }
    key.advance(material);
  }

  /** Keys that encrypted nothing are of no interest once they are replaced. */
  private void retire(@Nullable SentKey key) {
    if (key != null && key.hasFrames()) {
      keysWithFrames.add(key);
    }
  }

  /** Puts down the key in use at the end. */
  void end() {
    retire(inUse);
    inUse = null;
  }

  private void send(KeyEffect.Send send) {
    SentKey key = keys.get(send.index());
    if (key == null) {
      throw new IllegalStateException("a key is sent that was never made");
    }
    boolean first = key.isNew();
    int generation = key.generationOf(send.key());
    if (generation > key.generation()) {
      offeredAhead.put(send.index(), send.key());
    }
    call.measures().sent(call.now(), send.to().size(), first ? cause : Cause.MEMBER_JOINED);
    boolean fails = call.network().sendFails(id, sends++) && !call.isSettling();
    long confirmed = call.now() + call.network().sendTime(send.to().size());
    call.at(
        confirmed,
        () -> {
          if (leftAt <= call.now()) {
            return;
          }
          if (!fails) {
            key.confirmed(new SentKey.Message(send.to(), generation, call.now()));
            call.measures().given(id, key.number, send.to());
          }
          carryOut(core.onSent(send.id(), new Same(fails ? FAILED : SERVED), now()));
        });
  }

  private void schedule() {
    core.nextWakeup()
        .ifPresent(
            at -> {
              // Rounded up: the core must find that its time has come.
              long micros =
                  Math.max(call.now(), (Duration.between(EPOCH, at).toNanos() + 999) / 1_000);
              if (micros < wakeAt) {
                wakeAt = micros;
                call.at(micros, () -> wake(micros));
              }
            });
  }

  private void wake(long at) {
    if (wakeAt == at) {
      wakeAt = NEVER;
      carryOut(core.onWakeup(now()));
    }
  }

  private Instant now() {
    return EPOCH.plusNanos(call.now() * 1_000);
  }

  /** The same outcome for everybody. */
  private static final class Same extends AbstractMap<CallMember, Delivery> {
    private final Delivery delivery;

    Same(Delivery delivery) {
      this.delivery = delivery;
    }

    @Override
    public Delivery get(Object member) {
      return delivery;
    }

    @Override
    public Set<Entry<CallMember, Delivery>> entrySet() {
      return Set.of();
    }
  }
}
