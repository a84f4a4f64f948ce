package io.matrixrtc.keys;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The members of one moment, as {@link MemberTable} had them. Immutable. */
final class MemberSet extends AbstractSet<CallMember> {
  private final @Nullable CallMember[] slots;
  private final int size;

  /** Owns {@code slots}, which nobody changes any more. */
  MemberSet(@Nullable CallMember[] slots, int size) {
    this.slots = slots;
    this.size = size;
  }

  /** The same members, whatever becomes of {@code members}. */
  static Set<CallMember> copyOf(Set<CallMember> members) {
    return members instanceof MemberSet ? members : Set.copyOf(members);
  }

  @Override
  public boolean contains(Object member) {
    return slots[MemberTable.find(slots, member)] != null;
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
