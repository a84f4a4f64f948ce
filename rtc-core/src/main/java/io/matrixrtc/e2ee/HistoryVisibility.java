package io.matrixrtc.e2ee;

/**
 * Who may read a room's history, from {@code m.room.history_visibility}. Source: Matrix
 * specification, "Room History Visibility".
 */
public enum HistoryVisibility {
  /** Members, from their invitation on. */
  INVITED("invited"),
  /** Members, from when they joined. */
  JOINED("joined"),
  /** Members, all of it. */
  SHARED("shared"),
  /** Everybody, all of it. */
  WORLD_READABLE("world_readable");

  private final String label;

  HistoryVisibility(String label) {
    this.label = label;
  }

  /** The name in JSON. */
  public String label() {
    return label;
  }

  /** The visibility of that name; {@link #SHARED} if it is missing or unknown, as specified. */
  public static HistoryVisibility labelled(String label) {
    for (HistoryVisibility known : values()) {
      if (known.label.equals(label)) {
        return known;
      }
    }
    return SHARED;
  }

  /** Whether those who were invited are given keys before they join (SHARE-INVITED). */
  public boolean includesInvited() {
    return this != JOINED;
  }

  /** Whether keys may be passed on to those who join later (SHARE-HISTORY). */
  public boolean isShared() {
    return this == SHARED || this == WORLD_READABLE;
  }
}
