package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Two transports, and for each device the one that reaches it (AD-EVIDENCE): the preferred one,
 * unless an authentic key came from the device by the other one and none by the preferred one, or
 * the preferred one says that it is not supported here. Keys are taken from both at any time
 * (AD-BOTH). A device counts anew when it has left the call. Any thread may call.
 */
public final class AdaptiveKeyTransport implements KeyTransport {
  /** As many devices that are not in the call (yet) are remembered (AD-BOUND). */
  static final int MAX_OTHERS = EarlyKeys.MAX_KEYS;

  private final KeyTransport preferred;
  private final KeyTransport fallback;
  private final boolean fallbackAllowed;
  private final List<Sink> sinks = new CopyOnWriteArrayList<>();

  /** Guards the three below. */
  private final Object lock = new Object();

  /** By which way keys came from a device, the oldest evidence first. */
  private final Map<DeviceAddress, Evidence> evidence = new LinkedHashMap<>();

  private Set<DeviceAddress> present = Set.of();
  private boolean unsupported;

  private enum Evidence {
    /** Keys came by the preferred way, or by both. */
    PREFERRED,
    /** Keys came by the fallback alone. */
    FALLBACK_ONLY
  }

  /**
   * @param preferred used for everyone of whom nothing else is known; closed with this
   * @param fallback for those that it does not reach; closed with this
   * @param fallbackAllowed whether keys are sent by {@code fallback}: by room events, all of the
   *     room can read them. Without it such devices are refused, with that reason
   */
  public AdaptiveKeyTransport(
      KeyTransport preferred, KeyTransport fallback, boolean fallbackAllowed) {
    this.preferred = preferred;
    this.fallback = fallback;
    this.fallbackAllowed = fallbackAllowed;
  }

  @Override
  public CompletionStage<Map<CallMember, Delivery>> send(
      MediaKey key, KeyIndex index, Set<CallMember> to) {
    Set<CallMember> old = new LinkedHashSet<>();
    Set<CallMember> usual = new LinkedHashSet<>();
    synchronized (lock) {
      to.forEach(
          member ->
              (unsupported || evidence.get(member.device()) == Evidence.FALLBACK_ONLY ? old : usual)
                  .add(member));
    }
    CompletionStage<Map<CallMember, Delivery>> first =
        usual.isEmpty()
            ? CompletableFuture.completedFuture(Map.of())
            : sendPreferred(key, index, usual);
    return old.isEmpty() ? first : first.thenCombine(sendFallback(key, index, old), Merge::of);
  }

  /** AD-UNSUPPORTED: what the preferred way cannot do here is done by the other one at once. */
  private CompletionStage<Map<CallMember, Delivery>> sendPreferred(
      MediaKey key, KeyIndex index, Set<CallMember> to) {
    MediaKey again = MediaKey.copyOf(key.copyMaterial());
    return preferred
        .send(key, index, to)
        .thenCompose(
            answers -> {
              Set<CallMember> left = new LinkedHashSet<>();
              answers.forEach(
                  (member, delivery) -> {
                    if (delivery instanceof Delivery.Failed failed
                        && failed.reason() == Delivery.Reason.UNSUPPORTED) {
                      left.add(member);
                    }
                  });
              if (left.isEmpty()) {
                return CompletableFuture.completedFuture(answers);
              }
              onUnsupported(left);
              return sendFallback(again, index, left).thenApply(more -> Merge.of(answers, more));
            })
        .whenComplete((answers, bug) -> again.close());
  }

  private CompletionStage<Map<CallMember, Delivery>> sendFallback(
      MediaKey key, KeyIndex index, Set<CallMember> to) {
    return fallbackAllowed
        ? fallback.send(key, index, to)
        : CompletableFuture.completedFuture(
            ChannelDeliveries.all(
                to,
                new Delivery.Failed(
                    Delivery.Reason.REFUSED,
                    "it is reached by " + fallback.way() + " only, which the app does not allow")));
  }

  private void onUnsupported(Set<CallMember> members) {
    synchronized (lock) {
      if (unsupported) {
        return;
      }
      unsupported = true;
    }
    Set<DeviceAddress> devices = new HashSet<>();
    members.forEach(member -> devices.add(member.device()));
    // Not to be offered again: this very send goes on by the other way.
    sinks.forEach(
        sink ->
            sink.onWayChanged(
                new WayChange(
                    devices,
                    fallback.way().asFallback(),
                    preferred.way() + " is not supported here",
                    false)));
  }

  @Override
  public Subscription subscribe(Sink sink) {
    sinks.add(sink);
    Subscription usual = preferred.subscribe(new Observer(sink, false));
    Subscription old = fallback.subscribe(new Observer(sink, true));
    return () -> {
      usual.close();
      old.close();
      sinks.remove(sink);
    };
  }

  @Override
  public KeyWay way() {
    return preferred.way();
  }

  @Override
  public void onMembers(Set<DeviceAddress> now) {
    synchronized (lock) {
      Set<DeviceAddress> gone = new HashSet<>(present);
      gone.removeAll(now);
      evidence.keySet().removeAll(gone); // AD-RETURN
      present = Set.copyOf(now);
    }
    preferred.onMembers(now);
    fallback.onMembers(now);
  }

  @Override
  public void onRetired(KeyIndex index) {
    preferred.onRetired(index);
    fallback.onRetired(index);
  }

  @Override
  public void close() {
    preferred.close();
    fallback.close();
  }

  private void arrived(ReceivedKey key, boolean byFallback, Sink sink) {
    DeviceAddress device = key.from();
    Optional<KeyWay> changed = Optional.empty();
    synchronized (lock) {
      Evidence before = evidence.get(device);
      if (byFallback && before == null) {
        evidence.put(device, Evidence.FALLBACK_ONLY);
        changed = Optional.of(fallback.way().asFallback());
      } else if (!byFallback && before != Evidence.PREFERRED) {
        evidence.put(device, Evidence.PREFERRED);
        changed = before == null ? changed : Optional.of(preferred.way());
      }
      forgetOthers();
    }
    changed.ifPresent(
        way ->
            sink.onWayChanged(
                new WayChange(
                    Set.of(device), way, "it sent a key by " + way.name(), fallbackAllowed)));
  }

  private void forgetOthers() {
    if (evidence.size() > present.size() + MAX_OTHERS) {
      evidence.keySet().stream()
          .filter(device -> !present.contains(device))
          .findFirst()
          .ifPresent(evidence::remove);
    }
  }

  private final class Observer implements Sink {
    private final Sink sink;
    private final boolean isFallback;

    Observer(Sink sink, boolean isFallback) {
      this.sink = sink;
      this.isFallback = isFallback;
    }

    @Override
    public void onKey(ReceivedKey key) {
      sink.onKey(isFallback ? key.by(key.way().asFallback()) : key);
      arrived(key, isFallback, sink);
    }

    @Override
    public void onRefused(KeyRefusal refusal) {
      sink.onRefused(refusal);
    }

    @Override
    public void onWayChanged(WayChange change) {
      sink.onWayChanged(change);
    }
  }

  private static final class Merge {
    static Map<CallMember, Delivery> of(
        Map<CallMember, Delivery> some, Map<CallMember, Delivery> more) {
      Map<CallMember, Delivery> all = new LinkedHashMap<>(some);
      all.putAll(more);
      return all;
    }
  }
}
