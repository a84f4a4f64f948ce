package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One own key: who was offered it and how that went, who came and went since, and whom KEY-ELIG
 * denies it. A key that everyone is offered at once costs no work for each member until an answer
 * comes.
 */
final class OwnKey {
  final KeyIndex index;
  final Instant createdAt;
  final RotationPlan.Use use;
  final double jitter;
  private MediaKey key;

  /** Everyone of the first offer, and those who were offered it later. */
  private Set<CallMember> offeredFirst = Set.of();

  private final Set<CallMember> offeredLater = new LinkedHashSet<>();
  private final List<Offer> offers = new ArrayList<>();

  /** Those who were not simply offered it once and served. */
  private final Map<CallMember, DeliveryState> special = new LinkedHashMap<>();

  /** Those for whom no message with the key was ever made: each offer was refused before. */
  private final Set<CallMember> unsent = new HashSet<>();

  private boolean forgotten;
  private final Set<CallMember> joined = new LinkedHashSet<>();
  private final Set<CallMember> excluded = new LinkedHashSet<>();
  private final Set<CallMember> left = new LinkedHashSet<>();
  private @Nullable Instant changedAt;
  private @Nullable Instant leftAt;
  private @Nullable Instant useAt;
  private @Nullable Instant firstFrameAt;
  private int unanswered;
  private boolean servedAnyone;

  /** One message that was handed to the transport for several members. */
  static final class Offer {
    final OwnKey key;
    final Set<CallMember> to;
    final Instant at;
    final boolean again;
    @Nullable Instant answeredAt;

    private Offer(OwnKey key, Set<CallMember> to, Instant at, boolean again) {
      this.key = key;
      this.to = to;
      this.at = at;
      this.again = again;
    }
  }

  /**
   * A key that everyone present is offered at once.
   *
   * @param jitter see {@link RotationView#jitter}
   */
  OwnKey(MediaKey key, KeyIndex index, Instant createdAt, RotationPlan.Use use, double jitter) {
    this.key = key;
    this.index = index;
    this.createdAt = createdAt;
    this.use = use;
    this.jitter = jitter;
  }

  MediaKey key() {
    return key;
  }

  /** Puts the material of a later generation in the place of the key; returns the old one. */
  MediaKey replace(MediaKey later) {
    MediaKey old = key;
    key = later;
    return old;
  }

  /** Somebody joined; is denied the key if a frame was encrypted with it (KEY-ELIG). */
  void joined(CallMember member, Instant now) {
    boolean again = isOffered(member);
    if (!again || left.contains(member)) {
      changedAt = changedAt == null ? now : changedAt;
    }
    if (!again) {
      joined.add(member);
      if (firstFrameAt != null) {
        excluded.add(member);
      }
    }
  }

  void left(CallMember member, Instant now) {
    joined.remove(member);
    excluded.remove(member);
    withdrawIfUnsent(member);
    if (isOffered(member)) {
      left.add(member);
      leftAt = leftAt == null ? now : leftAt;
      changedAt = changedAt == null ? now : changedAt;
    }
    if (joined.isEmpty() && left.isEmpty()) {
      changedAt = null;
    }
  }

  /** Who was surely never sent the key is as if it had not been offered it (EM-SERVED). */
  private void withdrawIfUnsent(CallMember member) {
    boolean inFlight =
        offers.stream().anyMatch(offer -> offer.answeredAt == null && offer.to.contains(member));
    if (inFlight || !unsent.remove(member)) {
      return;
    }
    special.remove(member);
    offeredLater.remove(member);
    if (offeredFirst.contains(member)) {
      Set<CallMember> rest = new LinkedHashSet<>(offeredFirst);
      rest.remove(member);
      offeredFirst = rest;
    }
  }

  /** Encrypts from now on, or may. */
  void used(Instant now) {
    if (firstFrameAt == null) {
      firstFrameAt = now;
    }
  }

  /** To be used at {@code at}, or at the time that was set before if that is earlier. */
  void useBy(Instant at) {
    useAt = useAt == null || at.isBefore(useAt) ? at : useAt;
  }

  Optional<Instant> useAt() {
    return Optional.ofNullable(useAt);
  }

  boolean isUsed() {
    return firstFrameAt != null;
  }

  Optional<Instant> firstFrameAt() {
    return Optional.ofNullable(firstFrameAt);
  }

  /** Whether KEY-ELIG allows the member this key. */
  boolean isEligible(CallMember member) {
    return !excluded.contains(member);
  }

  /** Who was denied may have it: the key was advanced beyond what they must not open. */
  void admitAll() {
    excluded.clear();
    if (joined.isEmpty() && left.isEmpty()) {
      changedAt = null;
    }
  }

  Offer offer(Set<CallMember> to, Instant now) {
    boolean first = offers.isEmpty();
    boolean again = !first && to.stream().anyMatch(this::isOffered);
    if (first) {
      offeredFirst = to;
    } else {
      for (CallMember member : to) {
        if (!offeredFirst.contains(member)) {
          offeredLater.add(member);
        }
      }
    }
    if (again) {
      to.forEach(
          member -> special.put(member, new DeliveryState.Offered(now, attempts(member) + 1)));
    }
    joined.removeAll(to);
    excluded.removeAll(to);
    if (joined.isEmpty() && left.isEmpty()) {
      changedAt = null;
    }
    Offer offer = new Offer(this, to, now, again);
    offers.add(offer);
    unanswered++;
    return offer;
  }

  /**
   * Notes an answer.
   *
   * @return the members that were served
   */
  Set<CallMember> answered(Offer offer, Map<CallMember, Delivery> answers, Instant now) {
    unanswered--;
    offer.answeredAt = now;
    Set<CallMember> unserved = new HashSet<>();
    for (CallMember member : offer.to) {
      Delivery answer = answers.get(member);
      boolean served = answer instanceof Delivery.Served || isServed(member);
      if (!served) {
        int attempts = Math.max(1, attempts(member));
        Delivery.Failed failed =
            answer instanceof Delivery.Failed failure
                ? failure
                : new Delivery.Failed(Delivery.Reason.NO_ANSWER, "the transport gave no outcome");
        special.put(
            member, new DeliveryState.Failed(failed, now.plus(retryDelay(attempts)), attempts));
        unserved.add(member);
        noteUnsent(member, failed, attempts);
      } else if (offer.again) {
        unsent.remove(member);
        special.put(member, new DeliveryState.Served(now, Math.max(1, attempts(member))));
      }
    }
    if (unserved.isEmpty()) {
      servedAnyone |= !offer.to.isEmpty();
      return offer.to;
    }
    Set<CallMember> served = new LinkedHashSet<>(offer.to);
    served.removeAll(unserved);
    servedAnyone |= !served.isEmpty();
    return served;
  }

  private void noteUnsent(CallMember member, Delivery.Failed failure, int attempts) {
    boolean made =
        switch (failure.reason()) {
          case UNKNOWN_DEVICE, NO_ONE_TIME_KEYS, REFUSED, UNSUPPORTED -> false;
          case NOT_SENT, NO_ANSWER -> true;
        };
    if (made) {
      unsent.remove(member);
    } else if (attempts == 1 && !forgotten) {
      unsent.add(member);
    }
  }

  private Duration retryDelay(int attempts) {
    boolean urgent = use instanceof RotationPlan.Use.By && firstFrameAt == null;
    return urgent ? RetryDelay.urgent(attempts) : RetryDelay.after(attempts);
  }

  private boolean isServed(CallMember member) {
    return special.get(member) instanceof DeliveryState.Served;
  }

  private int attempts(CallMember member) {
    DeliveryState state = special.get(member);
    return state == null ? (isOffered(member) ? 1 : 0) : state.attempts();
  }

  /** Forgets that anybody was tried, so that the next offer is a first one. */
  void forgetAttempts() {
    forgotten = true;
    offered().forEach(member -> special.put(member, new DeliveryState.Offered(createdAt, 0)));
  }

  boolean isOffered(CallMember member) {
    return offeredFirst.contains(member) || offeredLater.contains(member);
  }

  /** A view: with a thousand members copies would cost more than all the rest. */
  Set<CallMember> offered() {
    return new AbstractSet<>() {
      @Override
      public Iterator<CallMember> iterator() {
        return Stream.concat(offeredFirst.stream(), offeredLater.stream()).iterator();
      }

      @Override
      public boolean contains(Object member) {
        return offeredFirst.contains(member) || offeredLater.contains(member);
      }

      @Override
      public int size() {
        return offeredFirst.size() + offeredLater.size();
      }
    };
  }

  Map<CallMember, DeliveryState> deliveries() {
    Map<CallMember, DeliveryState> deliveries = new LinkedHashMap<>();
    for (Offer offer : offers) {
      DeliveryState state =
          offer.answeredAt == null
              ? new DeliveryState.Offered(offer.at, 1)
              : new DeliveryState.Served(offer.answeredAt, 1);
      offer.to.stream()
          .filter(this::isOffered)
          .forEach(member -> deliveries.putIfAbsent(member, state));
    }
    deliveries.putAll(special);
    return deliveries;
  }

  /** Those whose delivery failed and who are present. */
  Map<CallMember, DeliveryState.Failed> failed(Set<CallMember> present) {
    if (special.isEmpty()) {
      return Map.of();
    }
    Map<CallMember, DeliveryState.Failed> failed = new LinkedHashMap<>();
    special.forEach(
        (member, state) -> {
          if (state instanceof DeliveryState.Failed failure && present.contains(member)) {
            failed.put(member, failure);
          }
        });
    return failed;
  }

  boolean servedAnyone() {
    return servedAnyone;
  }

  /** Whether nothing is in flight, and nothing failed that a moment later may succeed. */
  boolean isConfirmed(Set<CallMember> present) {
    return unanswered == 0
        && failed(present).values().stream().noneMatch(failed -> isTransient(failed.failure()));
  }

  /** Whether a message may be under way that has no confirmation (KEY-R4). */
  boolean isUnconfirmed() {
    return unanswered > 0
        || special.values().stream().anyMatch(DeliveryState.Failed.class::isInstance);
  }

  private static boolean isTransient(Delivery.Failed failure) {
    return failure.reason() == Delivery.Reason.NOT_SENT
        || failure.reason() == Delivery.Reason.NO_ANSWER;
  }

  Set<CallMember> joined() {
    return Collections.unmodifiableSet(joined);
  }

  Set<CallMember> excluded() {
    return Collections.unmodifiableSet(excluded);
  }

  Set<CallMember> left() {
    return Collections.unmodifiableSet(left);
  }

  Optional<Instant> leftAt() {
    return Optional.ofNullable(leftAt);
  }

  Optional<Instant> changedAt() {
    return Optional.ofNullable(changedAt);
  }

  OwnKeyState.Held state(boolean inUse) {
    return new OwnKeyState.Held(index, createdAt, offered(), inUse);
  }
}
