package io.matrixrtc.e2ee;

import io.matrixrtc.olm.GroupSession;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The room key that we write a room's events with, and who may have it. Wipes itself. */
final class OutboundRoomSession implements AutoCloseable {
  private final String roomId;
  private final GroupSession ratchet;
  private final Instant createdAt;
  private final HistoryVisibility visibility;
  private final TrustPolicy policy;
  private final Map<UserDevice, Share> shares = new LinkedHashMap<>();
  private final Set<UserDevice> bundled = new LinkedHashSet<>();
  private long messages;
  private boolean discarded;

  /**
   * What one device has of it. A device that was offered the key counts as having it until it is
   * known that nothing left (SHARE-OFFERED).
   *
   * @param state how far it is
   * @param index the first message that it can read
   * @param restarts how often the device had started Olm anew when it was served
   * @param code why it is withheld, if it is
   */
  record Share(State state, long index, long restarts, Optional<WithheldCode> code) {
    enum State {
      OFFERED,
      SERVED,
      WITHHELD
    }

    boolean mayHaveKey() {
      return state != State.WITHHELD;
    }
  }

  OutboundRoomSession(
      String roomId,
      GroupSession ratchet,
      Instant createdAt,
      HistoryVisibility visibility,
      TrustPolicy policy,
      long messages,
      boolean discarded) {
    this.roomId = roomId;
    this.ratchet = ratchet;
    this.createdAt = createdAt;
    this.visibility = visibility;
    this.policy = policy;
    this.messages = messages;
    this.discarded = discarded;
  }

  String roomId() {
    return roomId;
  }

  RoomKeyId id() {
    return new RoomKeyId(roomId, ratchet.sessionId());
  }

  GroupSession ratchet() {
    return ratchet;
  }

  Instant createdAt() {
    return createdAt;
  }

  HistoryVisibility visibility() {
    return visibility;
  }

  TrustPolicy policy() {
    return policy;
  }

  long messages() {
    return messages;
  }

  void countMessage() {
    messages++;
  }

  boolean isDiscarded() {
    return discarded;
  }

  void discard() {
    discarded = true;
  }

  /** Who has what of it; to be changed through {@link OutboundRoomSessions} only. */
  Map<UserDevice, Share> shares() {
    return shares;
  }

  /**
   * Who was given all of it in a bundle of the room's history, which says nothing of whether it is
   * still to be shared with them; to be changed through {@link OutboundRoomSessions} only.
   */
  Set<UserDevice> bundled() {
    return bundled;
  }

  @Override
  public void close() {
    ratchet.close();
  }
}
