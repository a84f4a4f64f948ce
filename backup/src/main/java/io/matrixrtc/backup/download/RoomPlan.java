package io.matrixrtc.backup.download;

import java.util.List;

/** Decides which rooms are brought one by one before, or instead of, the whole backup. */
public final class RoomPlan {
  /** So many keys at most are brought as a whole at once. */
  public static final long WHOLE_AT_ONCE = 20_000;

  /** Of a larger backup so many rooms come first. */
  public static final int FIRST_ROOMS = 50;

  /** Of a backup with more keys than this all rooms come first. */
  public static final long LARGE = 300_000;

  /** After so many answers that were broken off all rooms come first. */
  public static final int ATTEMPTS = 3;

  /** What an entry takes in the spool, roughly, in bytes. */
  static final long ENTRY_BYTES = 900;

  /** So many times the size of the spool must be free. */
  static final long SPARE = 3;

  private final List<String> rooms;
  private final boolean all;

  private RoomPlan(List<String> rooms, boolean all) {
    this.rooms = List.copyOf(rooms);
    this.all = all;
  }

  /**
   * DL-ROOMS: of a small backup none, of a larger one the most recent rooms; all that are known if
   * it is very large, if its answer broke off again and again, or if the disk has no room for it.
   *
   * @param count keys of the backup, as its version says
   * @param attempts how often its answer was broken off
   * @param freeBytes what the disk with the spool has left
   * @param known the rooms that are known, the most recently active first
   */
  public static RoomPlan of(long count, int attempts, long freeBytes, List<String> known) {
    boolean all = count > LARGE || attempts >= ATTEMPTS || freeBytes < SPARE * ENTRY_BYTES * count;
    if (all) {
      return new RoomPlan(known, true);
    }
    return new RoomPlan(
        count > WHOLE_AT_ONCE ? known.subList(0, Math.min(FIRST_ROOMS, known.size())) : List.of(),
        false);
  }

  /** The rooms, in the order in which they are brought. */
  public List<String> rooms() {
    return rooms;
  }

  /**
   * Whether the whole backup must be fetched after these rooms: not if they were all that there are
   * and every key is here. Rooms that we left are not known.
   *
   * @param count keys of the backup, as its version says
   * @param held keys of the store that are in it as they are held
   */
  public boolean needsWhole(long count, long held) {
    return !all || held < count;
  }
}
