package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.ExportedSessionKey;
import java.util.Optional;

/**
 * A room key on its way out of the machine, or into it: for backups and files. Whose it is, is
 * hearsay there. A secret; wipes itself when closed.
 */
public final class RoomKeyCopy implements AutoCloseable {
  private final RoomKeyId id;
  private final Curve25519PublicKey senderKey;
  private final Optional<Ed25519PublicKey> claimedKey;
  private final boolean sharedHistory;
  private final ExportedSessionKey sessionKey;

  /**
   * Takes over the session key.
   *
   * @throws IllegalArgumentException if {@code sessionKey} is of another session than {@code id}
   */
  public RoomKeyCopy(
      RoomKeyId id,
      Curve25519PublicKey senderKey,
      Optional<Ed25519PublicKey> claimedKey,
      boolean sharedHistory,
      ExportedSessionKey sessionKey) {
    if (!sessionKey.sessionId().equals(id.sessionId())) {
      throw new IllegalArgumentException("room key: the session key is another session's");
    }
    this.id = id;
    this.senderKey = senderKey;
    this.claimedKey = claimedKey;
    this.sharedHistory = sharedHistory;
    this.sessionKey = sessionKey;
  }

  /** Its name. */
  public RoomKeyId id() {
    return id;
  }

  /** The identity key of the device that is said to have made it. */
  public Curve25519PublicKey senderKey() {
    return senderKey;
  }

  /** The Ed25519 key that the device is said to have. */
  public Optional<Ed25519PublicKey> claimedKey() {
    return claimedKey;
  }

  /** Whether its messages may be shown to those who join later (MSC3061). */
  public boolean sharedHistory() {
    return sharedHistory;
  }

  /** The first message that it reads, 0 to 2^32 − 1. */
  public long firstKnownIndex() {
    return sessionKey.index();
  }

  /** The key itself, which belongs to this. */
  public ExportedSessionKey sessionKey() {
    return sessionKey;
  }

  @Override
  public void close() {
    sessionKey.close();
  }

  @Override
  public String toString() {
    return "RoomKeyCopy[" + id + " from " + firstKnownIndex() + "]";
  }
}
