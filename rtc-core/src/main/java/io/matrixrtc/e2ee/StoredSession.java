package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.time.Instant;

/**
 * An Olm session as it is stored.
 *
 * @param peer the other device's identity key
 * @param sessionId the id, unique among the sessions with {@code peer}
 * @param createdAt when it was started here
 * @param lastReceivedAt when it last decrypted a message; {@code createdAt} before that
 * @param session its ratchet
 */
public record StoredSession(
    Curve25519PublicKey peer,
    String sessionId,
    Instant createdAt,
    Instant lastReceivedAt,
    Sealed session) {

  /** Names a session in the store. */
  public record Key(Curve25519PublicKey peer, String sessionId) {}

  /** Its name. */
  public Key key() {
    return new Key(peer, sessionId);
  }
}
