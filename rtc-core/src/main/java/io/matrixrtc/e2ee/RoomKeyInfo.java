package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Optional;

/**
 * What is known of a room key, but for the key itself. Holds no secret.
 *
 * @param id its name
 * @param senderKey the identity key of the device that shared it; hearsay unless {@code source} is
 *     {@link RoomKeySource#DIRECT}
 * @param claimedKey the Ed25519 key which that device claimed, or is said to have
 * @param source how it came
 * @param sender what is known of its owner
 * @param sharedHistory whether its messages may be shown to those who join later (MSC3061)
 * @param firstKnownIndex the first message that it can decrypt, 0 to 2^32 − 1
 */
public record RoomKeyInfo(
    RoomKeyId id,
    Curve25519PublicKey senderKey,
    Optional<Ed25519PublicKey> claimedKey,
    RoomKeySource source,
    SenderData sender,
    boolean sharedHistory,
    long firstKnownIndex) {

  RoomKeyInfo withSender(SenderData stronger) {
    return new RoomKeyInfo(
        id, senderKey, claimedKey, source, stronger, sharedHistory, firstKnownIndex);
  }

  RoomKeyInfo withRatchet(long firstIndex, boolean shared) {
    return new RoomKeyInfo(id, senderKey, claimedKey, source, sender, shared, firstIndex);
  }

  /** Whether both read as far back, and may be shared as far. */
  boolean hasSameRatchetAs(RoomKeyInfo other) {
    return firstKnownIndex == other.firstKnownIndex && sharedHistory == other.sharedHistory;
  }

  /** Whether both name the same device as the owner. */
  boolean hasSameOwnerAs(RoomKeyInfo other) {
    return senderKey.equals(other.senderKey) && claimedKey.equals(other.claimedKey);
  }
}
