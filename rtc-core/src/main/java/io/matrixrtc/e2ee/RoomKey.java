package io.matrixrtc.e2ee;

import io.matrixrtc.olm.InboundGroupSession;
import java.util.Optional;

/** A room key that is open for decryption. Wipes itself when closed. */
final class RoomKey implements AutoCloseable {
  private final RoomKeyInfo info;
  private final InboundGroupSession session;

  /** Takes over the session. */
  RoomKey(RoomKeyInfo info, InboundGroupSession session) {
    this.info = info;
    this.session = session;
  }

  RoomKeyInfo info() {
    return info;
  }

  InboundGroupSession session() {
    return session;
  }

  /** The same key, with more known of its owner. Takes over the session. */
  RoomKey withSender(SenderData sender) {
    return new RoomKey(info.withSender(sender), session);
  }

  /**
   * What is best of this key, which is held, and {@code other}, which arrived (ROOM-MERGE): the
   * ratchet that reads further back, and the owner that is proven better, each by itself. Empty if
   * nothing is better than what is held, or if they are not the same key at all. Both stay open.
   */
  Optional<RoomKey> merge(RoomKey other) {
    boolean proven =
        info.source() == RoomKeySource.IMPORTED && other.info.source() == RoomKeySource.DIRECT;
    if (!proven && !info.hasSameOwnerAs(other.info)) {
      return Optional.empty();
    }
    Optional<InboundGroupSession> merged = session.merge(other.session);
    if (merged.isEmpty()) {
      return Optional.empty();
    }
    RoomKeyInfo owner =
        proven || other.info.sender().isStrongerThan(info.sender()) ? other.info : info;
    RoomKeyInfo better =
        owner.withRatchet(
            merged.get().firstKnownIndex(), info.sharedHistory() || other.info.sharedHistory());
    if (better.equals(info)) {
      merged.get().close();
      return Optional.empty();
    }
    return Optional.of(new RoomKey(better, merged.get()));
  }

  @Override
  public void close() {
    session.close();
  }

  @Override
  public String toString() {
    return "RoomKey[" + info.id() + " from " + info.firstKnownIndex() + "]";
  }
}
