package io.matrixrtc.keys;

import org.jspecify.annotations.Nullable;

/**
 * Members that come and go, of whom a set is a copy of one array: in a large call each own key
 * keeps whom it was offered to, and hashing all into a set for each would be a third of all the
 * work. Open addressing with linear probing, at most half full.
 */
final class MemberTable {
  private static final int FIRST_SLOTS = 8;

  private @Nullable CallMember[] slots = new CallMember[FIRST_SLOTS];
  private int size;

  /** All of this moment. */
  MemberSet copy() {
    return new MemberSet(slots.clone(), size);
  }

  /** Takes a member in; false if it is there. */
  boolean put(CallMember member) {
    int at = find(slots, member);
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
        slots[find(slots, member)] = member;
      }
    }
  }

  /** Takes a member out; false if it is not there. */
  boolean take(CallMember member) {
    int gap = find(slots, member);
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
      if (((at - home(slots, next)) & mask) >= ((at - gap) & mask)) {
        slots[gap] = next;
        gap = at;
      }
    }
    slots[gap] = null;
    size--;
    return true;
  }

  /** Where {@code member} is, or would be. */
  static int find(@Nullable CallMember[] slots, Object member) {
    int mask = slots.length - 1;
    int at = home(slots, member);
    for (CallMember there = slots[at]; there != null; there = slots[at]) {
      if (there.equals(member)) {
        break;
      }
      at = (at + 1) & mask;
    }
    return at;
  }

  private static int home(@Nullable CallMember[] slots, Object member) {
    int hash = member.hashCode() * 0x9E3779B9; // ids differ in their last characters
    return hash >>> (Integer.numberOfLeadingZeros(slots.length) + 1);
  }
}
