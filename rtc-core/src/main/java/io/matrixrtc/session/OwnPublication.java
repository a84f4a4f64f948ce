package io.matrixrtc.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What this device has published about its membership, and what came back of it in sync. */
final class OwnPublication {
  /** A membership that sync does not show by then is gone (OWN-UNSEEN). */
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(30);

  private final MembershipTiming timing;
  private final MembershipClock clock;
  private final MembershipWriter writer;
  private final Set<String> ownEvents = new HashSet<>();

  private @Nullable OutgoingEvent unanswered;
  private Instant triedAt = Instant.EPOCH;
  private boolean sentAnew;
  private Duration sentExpires = Duration.ZERO;
  private @Nullable JoinRequest sent;

  private Instant startedAt = Instant.EPOCH;
  private Duration certainAtStart = Duration.ZERO;
  private Instant publishedAt = Instant.EPOCH;
  private Instant expiresAt = Instant.EPOCH;
  private Optional<Instant> createdAt = Optional.empty();
  private Optional<String> lastEvent = Optional.empty();
  private boolean syncedSince;

  OwnPublication(MembershipTiming timing, MembershipClock clock, MembershipWriter writer) {
    this.timing = timing;
    this.clock = clock;
    this.writer = writer;
  }

  /** Nothing that was published counts any more: the next event is a join. */
  void lose() {
    createdAt = Optional.empty();
    syncedSince = false;
    unanswered = null;
  }

  /** The next leave. */
  OutgoingEvent leave(Instant now) {
    return tried(writer.left(unanswered), now);
  }

  /**
   * The next membership, which may be repeated under the same transaction (G2-TXN).
   *
   * <p>G1-REFRESH: a refresh inherits the time of the join and names a lifetime that is the usual
   * one from now, since it counts from the join. Without a join that came back in sync there is no
   * such time; without a reliable clock no such lifetime: it joins anew.
   */
  OutgoingEvent membership(JoinRequest request, boolean join, Instant now) {
    Duration certain = clock.certain().minus(certainAtStart);
    Duration doubtful = Duration.between(startedAt, now).minus(certain);
    boolean reliable = doubtful.compareTo(timing.expires().dividedBy(4)) < 0;
    sent = request;
    sentAnew = join || createdAt.isEmpty() || !reliable;
    sentExpires = sentAnew ? timing.expires() : timing.expires().plus(certain);
    return tried(
        writer.joined(
            request,
            sentAnew ? Optional.empty() : createdAt,
            sentExpires,
            sentAnew ? Optional.empty() : lastEvent,
            unanswered),
        now);
  }

  private OutgoingEvent tried(OutgoingEvent event, Instant now) {
    if (event != unanswered) {
      triedAt = now;
      unanswered = event;
    }
    return event;
  }

  /** There is an answer to the last event, so that it need not be repeated as it is. */
  void answered() {
    unanswered = null;
  }

  /** The last event is published. */
  void published(String eventId, Instant now) {
    if (sentAnew) {
      startedAt = now;
      certainAtStart = clock.certain();
      ownEvents.clear();
      createdAt = Optional.empty();
      syncedSince = false;
    }
    ownEvents.add(eventId);
    lastEvent = Optional.of(eventId);
    publishedAt = now;
    expiresAt = startedAt.plus(sentExpires);
  }

  /** When the membership is to be refreshed: a server counts from the first try of its event. */
  Instant refreshAt() {
    return triedAt.plus(timing.refreshStep()).minus(timing.headroom());
  }

  /** When it was last published. */
  Instant publishedAt() {
    return publishedAt;
  }

  /** When it ends unless it is refreshed. */
  Instant expiresAt() {
    return expiresAt;
  }

  /** Whether what was last published says what {@code request} does. */
  boolean says(@Nullable JoinRequest request) {
    return request == null || request.equals(sent);
  }

  /**
   * The members were computed anew.
   *
   * @return whether the membership is gone: it was there, and now there is none
   */
  boolean seen(Collection<Membership> own, boolean fromSync) {
    Optional<Membership> seen =
        own.stream().filter(membership -> ownEvents.contains(membership.eventId())).findFirst();
    syncedSince |= fromSync && own.isEmpty();
    boolean gone = own.isEmpty() && createdAt.isPresent();
    if (seen.isPresent()) {
      createdAt = Optional.of(seen.get().createdAt());
    }
    return gone;
  }

  /** Whether sync, which goes on, should have shown the membership by now. */
  boolean isUnseen(Instant now) {
    return syncedSince && createdAt.isEmpty() && !now.isBefore(publishedAt.plus(SEEN_WITHIN));
  }
}
