package io.matrixrtc.e2ee;

import java.util.Set;
import java.util.TreeSet;

/**
 * Who is in a room, as its state says when an event is written.
 *
 * @param joined ids of joined users
 * @param invited ids of invited users
 * @param visibility who may read its history
 */
public record RoomMembers(Set<String> joined, Set<String> invited, HistoryVisibility visibility) {
  public RoomMembers {
    joined = Set.copyOf(joined);
    invited = Set.copyOf(invited);
  }

  /** The users who are given the key, ordered: invited ones where the visibility allows it. */
  Set<String> readers() {
    Set<String> readers = new TreeSet<>(joined);
    if (visibility.includesInvited()) {
      readers.addAll(invited); // SHARE-INVITED
    }
    return readers;
  }
}
