package io.matrixrtc.keys;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of members of which a copy is a copy of one array: in a large call each own key keeps whom
 * it was offered to, and building a set for each would be a third of all the work. Open addressing
 * with linear probing, at most half full. Changed by its owner alone; to all others it is
 * unmodifiable.
 */
final class MemberTable extends AbstractSet<CallMember> {
  private static final int FIRST_SLOTS = 8;

  private @Nullable CallMember[] slots;
  private final boolean fixed;
  private int size;

  MemberTable() {
    this(new CallMember[FIRST_SLOTS], 0, false);
  }

  private MemberTable(@Nullable CallMember[] slots, int size, boolean fixed) {
    this.slots = slots;
    this.size = size;
    this.fixed = fixed;
  }

  /** The same members, whatever becomes of {@code members}. */
  static Set<CallMember> fixed(Set<CallMember> members) {
    if (members instanceof MemberTable table) {
      return table.fixed ? table : new MemberTable(table.slots.clone(), table.size, true);
    }
    return Set.copyOf(members);
  }

  private void checkNotFixed() {
    if (fixed) {
      throw new UnsupportedOperationException("this is how it was");
    }
  }

  /** Takes a member in; false if it is there. */
  boolean put(CallMember member) {
    checkNotFixed();
    int at = find(member);
    if (slots[at] != null) {
      return false;
    }
    slots[at] = member;
    size++;
    if (2 * size > slots.length) {
      grow();
    }
    return true;
  }

  private void grow() {
    @Nullable CallMember[] old = slots;
    slots = new CallMember[2 * old.length];
    for (CallMember member : old) {
      if (member != null) {
        slots[find(member)] = member;
      }
    }
  }

  /** Takes a member out; false if it is not there. */
  boolean take(CallMember member) {
    checkNotFixed();
    int gap = find(member);
    if (slots[gap] == null) {
      return false;
    }
    int mask = slots.length - 1;
    int at = gap;
    while (true) { // whoever would not be found beyond the gap moves into it
      at = (at + 1) & mask;
      CallMember next = slots[at];
      if (next == null) {
        break;
      }
      if (((at - home(next)) & mask) >= ((at - gap) & mask)) {
        slots[gap] = next;
        gap = at;
      }
    }
    slots[gap] = null;
    size--;
    return true;
  }

  /** Where it is, or would be. */
  private int find(Object member) {
    int mask = slots.length - 1;
    int at = home(member);
    for (CallMember there = slots[at]; there != null; there = slots[at]) {
      if (there.equals(member)) {
        break;
      }
      at = (at + 1) & mask;
    }
    return at;
  }

  private int home(Object member) {
    int hash = member.hashCode() * 0x9E3779B9; // ids differ in their last characters
    return hash >>> (Integer.numberOfLeadingZeros(slots.length) + 1);
  }

  @Override
  public boolean contains(Object member) {
    return slots[find(member)] != null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Iterator<CallMember> iterator() {
    return new Members(slots);
  }

  private static final class Members implements Iterator<CallMember> {
    private final @Nullable CallMember[] slots;
    private int at;

    Members(@Nullable CallMember[] slots) {
      this.slots = slots;
      skip();
    }

    private void skip() {
      while (at < slots.length && slots[at] == null) {
        at++;
      }
    }

    @Override
    public boolean hasNext() {
      return at < slots.length;
    }

    @Override
    public CallMember next() {
      if (at >= slots.length) {
        throw new NoSuchElementException();
      }
      CallMember member = Objects.requireNonNull(slots[at]);
      at++;
      skip();
      return member;
    }
  }
}
