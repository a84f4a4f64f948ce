package io.matrixrtc.keys;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The members of one moment. Immutable. Shares what it has in common with the moment before: in a
 * large call each own key keeps whom it was offered to, and copies would cost more than all the
 * rest.
 */
final class MemberSnapshot extends AbstractSet<CallMember> {
  /** So many differences are kept apart; with more, all is copied. */
  static final int MAX_DIFFERENCES = 32;

  static final MemberSnapshot NOBODY = new MemberSnapshot(Set.of(), Set.of(), Set.of());

  private final Set<CallMember> shared;

  /** Of {@code shared}, those who are not here. */
  private final Set<CallMember> without;

  private final Set<CallMember> more;

  private MemberSnapshot(Set<CallMember> shared, Set<CallMember> without, Set<CallMember> more) {
    this.shared = shared;
    this.without = without;
    this.more = more;
  }

  /** Takes {@code left} out, then {@code joined} in. */
  MemberSnapshot changed(Collection<CallMember> joined, Collection<CallMember> left) {
    Set<CallMember> gone = new HashSet<>(without);
    Set<CallMember> added = new HashSet<>(more);
    for (CallMember member : left) {
      if (!added.remove(member) && shared.contains(member)) {
        gone.add(member);
      }
    }
    for (CallMember member : joined) {
      if (!gone.remove(member) && !shared.contains(member)) {
        added.add(member);
      }
    }
    MemberSnapshot next = new MemberSnapshot(shared, Set.copyOf(gone), Set.copyOf(added));
    return gone.size() + added.size() <= MAX_DIFFERENCES
        ? next
        : new MemberSnapshot(Set.of(next.toArray(new CallMember[0])), Set.of(), Set.of());
  }

  @Override
  public boolean contains(Object member) {
    return shared.contains(member) ? !without.contains(member) : more.contains(member);
  }

  @Override
  public Iterator<CallMember> iterator() {
    if (without.isEmpty() && more.isEmpty()) {
      return shared.iterator();
    }
    Stream<CallMember> present = shared.stream().filter(member -> !without.contains(member));
    return Stream.concat(present, more.stream()).iterator();
  }

  @Override
  public int size() {
    return shared.size() - without.size() + more.size();
  }
}
