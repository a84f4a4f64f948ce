package io.matrixrtc.keys;

import io.matrixrtc.media.MediaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The offers that are with the transport, and the reports of how they went. */
final class KeyOffers {
  /** A transport that has not answered after this long is taken to have failed (EM-ANSWER). */
  static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final Map<Long, OwnKey.Offer> inFlight = new LinkedHashMap<>();
  private long lastSend;

  /** Offers {@code key} as it is now. */
  long offer(OwnKey key, Set<CallMember> to, Instant now, Collection<KeyEffect> out) {
    return offer(key, key.key(), to, now, out);
  }

  /** Offers {@code material} of a generation of {@code key}. */
  long offer(
      OwnKey key, MediaKey material, Set<CallMember> to, Instant now, Collection<KeyEffect> out) {
    Set<CallMember> fixed = MemberSet.copyOf(to);
    lastSend++;
    inFlight.put(lastSend, key.offer(fixed, now));
    out.add(new KeyEffect.Send(lastSend, material, key.index, fixed));
    return lastSend;
  }

  /** Takes an offer off the list; null if it is none, or no more. */
  OwnKey.@Nullable Offer take(long id) {
    return inFlight.remove(id);
  }

  void answered(
      OwnKey.Offer offer,
      Map<CallMember, Delivery> answers,
      Instant now,
      Collection<KeyEffect> out) {
    OwnKey key = offer.key;
    Set<CallMember> served = key.answered(offer, answers, now);
    report(
        out,
        new KeyEvent.OfferAnswered(
            key.index, offer.to.size(), served.size(), Duration.between(offer.at, now)));
    if (!served.isEmpty()) {
      report(out, new KeyEvent.KeyServed(served, key.index));
    }
    if (served.size() < offer.to.size()) {
      key.failed(offer.to)
          .forEach(
              (member, failed) ->
                  report(
                      out,
                      new KeyEvent.KeyNotServed(
                          member, key.index, failed.failure(), failed.nextTryAt())));
    }
  }

  /** The offers whose time for an answer is over. */
  List<Long> overdue(Instant now) {
    return inFlight.entrySet().stream()
        .filter(offer -> !now.isBefore(offer.getValue().at.plus(ANSWER_TIMEOUT)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Who is to be offered {@code key} again now: present, allowed, and failed long enough ago. */
  static Set<CallMember> dueAgain(OwnKey key, Set<CallMember> present, Instant now) {
    Set<CallMember> due = new LinkedHashSet<>();
    key.failed(present)
        .forEach(
            (member, failure) -> {
              if (!now.isBefore(failure.nextTryAt())) {
                due.add(member);
              }
            });
    return due;
  }

  /** The next timeout or, of {@code newest}, the next repetition. */
  Optional<Instant> nextWakeup(@Nullable OwnKey newest, Set<CallMember> present) {
    Stream<Instant> timeouts = inFlight.values().stream().map(o -> o.at.plus(ANSWER_TIMEOUT));
    Stream<Instant> retries =
        newest == null
            ? Stream.empty()
            : newest.failed(present).values().stream().map(DeliveryState.Failed::nextTryAt);
    return Stream.concat(timeouts, retries).min(Instant::compareTo);
  }

  void clear() {
    inFlight.clear();
  }

  static void report(Collection<KeyEffect> out, KeyEvent event) {
    out.add(new KeyEffect.Report(event));
  }
}
