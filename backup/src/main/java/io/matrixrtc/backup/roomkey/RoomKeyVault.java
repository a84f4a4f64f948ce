package io.matrixrtc.backup.roomkey;

import io.matrixrtc.e2ee.RoomKeyId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The one home of room keys, as this module needs it: behind it is the crypto store. Every change
 * is one transaction. Used from one thread at a time; it may block on the disk.
 */
public interface RoomKeyVault {
  /**
   * What is held of a key.
   *
   * @param firstKnownIndex the first message that it opens
   * @param backedUp whether it is marked as part of the backup version asked about, as it is
   * @param evicted whether it is not here and need not be: the backup has it
   */
  record Held(long firstKnownIndex, boolean backedUp, boolean evicted) {
    /** What is evicted. */
    public static final Held EVICTED = new Held(0, true, true);

    /** A key that is here. */
    public Held(long firstKnownIndex, boolean backedUp) {
      this(firstKnownIndex, backedUp, false);
    }

    /**
     * Whether an entry of the backup version need not be looked at: it begins where ours does, or
     * so its hint says. One that begins later tells that the backup has lost what we put there
     * (BACKUP-WORSE).
     */
    public boolean isLike(long hintedIndex) {
      return evicted || (backedUp && firstKnownIndex == hintedIndex);
    }
  }

  /**
   * A key to write somewhere.
   *
   * @param key the caller's to close
   * @param firstSeen when it came to this device, as far as that is known
   */
  record Kept(ExportedRoomKey key, Optional<Instant> firstSeen) {}

  /**
   * How many of the keys that were given brought anything new.
   *
   * @param imported new ones, and ones that improved what was held
   * @param unchanged all others
   */
  record Merged(int imported, int unchanged) {}

  /**
   * Merges keys with those that are held, by MERGE-CONNECTED and MERGE-BEST, and never makes
   * anything worse. They stay the caller's.
   *
   * @param inVersion the backup version that they were taken from, in which they then count as
   *     backed up unless what is held is better; empty if they came from elsewhere
   */
  Merged merge(List<ExportedRoomKey> keys, Optional<String> inVersion) throws VaultException;

  /** What is held of a key, with regard to a backup version. */
  Optional<Held> held(RoomKeyId id, String version) throws VaultException;

  /** Up to {@code limit} keys in the order of their ids that come after {@code after}. */
  List<Kept> keysAfter(Optional<RoomKeyId> after, int limit) throws VaultException;

  /** Up to {@code limit} keys that are not in the backup version; the caller closes them. */
  List<ExportedRoomKey> notBackedUp(String version, int limit) throws VaultException;

  /** How many keys are not in the backup version. Must not take longer the more are held. */
  long countNotBackedUp(String version) throws VaultException;

  /**
   * Marks keys as part of the backup version, unless a key was improved since it was read, that is,
   * unless its first index is no longer the given one.
   */
  void markBackedUp(String version, List<Mark> marks) throws VaultException;

  /** A key as it was read for a backup. */
  record Mark(RoomKeyId id, long firstKnownIndex, boolean sharedHistory) {}

  /** Forgets all marks: none counts as backed up any more. */
  void forgetMarks() throws VaultException;
}
