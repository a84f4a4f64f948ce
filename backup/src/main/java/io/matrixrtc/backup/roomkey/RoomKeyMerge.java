package io.matrixrtc.backup.roomkey;

import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionOrdering;
import java.util.Optional;

/**
 * Compares two imported copies of a room key. Neither proves its owner, so only two things can be
 * better: an earlier first message, and the flag that history may be shared, which any copy can
 * raise (MERGE-SHARED). What a copy that came from its owner is worth beside these, the store of
 * room keys knows.
 */
public final class RoomKeyMerge {
  private RoomKeyMerge() {}

  /**
   * Whether both are copies of one key (MERGE-CONNECTED): same room, session, sender key and
   * claimed key, and the ratchet of the lower index leads to the other.
   */
  public static boolean isConnected(ExportedRoomKey one, ExportedRoomKey other) {
    return isSameOwner(one, other) && order(one, other) != SessionOrdering.UNCONNECTED;
  }

  /**
   * Returns a new key, the caller's, that joins what is best of both (MERGE-BEST); empty if {@code
   * arrived} adds nothing to {@code held} or is not connected with it. Both stay open.
   */
  public static Optional<ExportedRoomKey> better(ExportedRoomKey held, ExportedRoomKey arrived) {
    if (!isSameOwner(held, arrived)) {
      return Optional.empty();
    }
    SessionOrdering order = order(arrived, held);
    boolean earlier = order == SessionOrdering.BETTER;
    boolean newlyShared = arrived.sharedHistory() && !held.sharedHistory();
    if (order == SessionOrdering.UNCONNECTED || !(earlier || newlyShared)) {
      return Optional.empty();
    }
    return Optional.of(
        new ExportedRoomKey(
            held.id(),
            held.senderKey(),
            held.claimedKey(),
            held.sharedHistory() || arrived.sharedHistory(),
            copy((earlier ? arrived : held).sessionKey())));
  }

  private static boolean isSameOwner(ExportedRoomKey one, ExportedRoomKey other) {
    return one.id().equals(other.id())
        && one.senderKey().equals(other.senderKey())
        && one.claimedKey().equals(other.claimedKey());
  }

  private static SessionOrdering order(ExportedRoomKey one, ExportedRoomKey other) {
    try (InboundGroupSession ours =
            InboundGroupSession.importExported(one.sessionKey(), SessionConfig.V1);
        InboundGroupSession theirs =
            InboundGroupSession.importExported(other.sessionKey(), SessionConfig.V1)) {
      return ours.compare(theirs);
    }
  }

  private static ExportedSessionKey copy(ExportedSessionKey key) {
    try (InboundGroupSession session = InboundGroupSession.importExported(key, SessionConfig.V1)) {
      return session.exportAtFirstKnownIndex();
    }
  }
}
