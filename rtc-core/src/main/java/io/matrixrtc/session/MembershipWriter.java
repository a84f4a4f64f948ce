package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the events of the own membership, in the form that the settings ask for. */
final class MembershipWriter {
  private final SessionSettings settings;
  private final String transactions;
  private final Duration stickyFor;
  private long lastTransaction;

  /**
   * @param purpose keeps the transactions of two writers of one session apart
   */
  MembershipWriter(SessionSettings settings, String purpose) {
    this.settings = settings;
    Duration expires = settings.timing().expires();
    Duration most = StickyMemberEvent.MAX_DURATION;
    this.stickyFor = expires.compareTo(most) < 0 ? expires : most;
    this.transactions = settings.memberId() + "." + purpose + ".";
  }

  /**
   * A membership.
   *
   * @param createdAt the server's time of the join; empty in the join itself
   * @param expires from {@code createdAt} to the end of the membership
   * @param previous the own event that this one takes the place of, except in a join
   * @param unanswered the last event, if it is unknown whether the server has it
   */
  OutgoingEvent joined(
      JoinRequest request,
      Optional<Instant> createdAt,
      Duration expires,
      Optional<String> previous,
      @Nullable OutgoingEvent unanswered) {
    return settings.sendSticky()
        ? sticky(StickyMembershipContent.joined(settings, request, previous), unanswered)
        : state(StateMembershipContent.joined(settings, request, createdAt, expires));
  }

  /** A leave. */
  OutgoingEvent left(@Nullable OutgoingEvent unanswered) {
    return settings.sendSticky()
        ? sticky(StickyMembershipContent.left(settings), unanswered)
        : state(StateMembershipContent.left());
  }

  private OutgoingEvent state(ObjectNode content) {
    return new OutgoingEvent.State(
        CallMemberEvent.TYPE, StateMembershipContent.stateKey(settings), content);
  }

  /** G2-TXN: what may have been sent already is repeated under its transaction. */
  private OutgoingEvent sticky(ObjectNode content, @Nullable OutgoingEvent unanswered) {
    if (unanswered != null && unanswered.content().equals(content)) {
      return unanswered;
    }
    return new OutgoingEvent.Message(
        StickyMemberEvent.TYPE, transactions + ++lastTransaction, content, stickyFor);
  }
}
