package io.matrixrtc.session;

import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A session at one moment.
 *
 * @param members who is in it, the oldest membership first
 * @param ignored member events that do not count, and why: who is missing
 * @param status the stage of the own membership
 * @param probablyLeft whether the server has most likely sent this device's leave
 * @param delayId the scheduled leave, for a token service to keep alive; a secret
 */
public record SessionSnapshot(
    List<Membership> members,
    List<IgnoredEvent> ignored,
    Status status,
    boolean probablyLeft,
    Optional<DelayId> delayId) {
  public SessionSnapshot {
    members = List.copyOf(members);
    ignored = List.copyOf(ignored);
  }

  /** The oldest membership (RS-14). */
  public Optional<Membership> oldest() {
    return members.stream().findFirst();
  }

  /** The intent that all members who state one agree on (RS-15). */
  public Optional<String> consensusIntent() {
    return consensus(members);
  }

  static Optional<String> consensus(List<Membership> members) {
    Set<String> intents =
        members.stream().flatMap(member -> member.intent().stream()).collect(Collectors.toSet());
    return intents.size() == 1 ? intents.stream().findFirst() : Optional.empty();
  }
}
