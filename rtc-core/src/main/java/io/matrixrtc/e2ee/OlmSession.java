package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.NormalMessage;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.Session;
import java.time.Instant;

/** One of the Olm sessions with a device, with what the choice between them needs. */
final class OlmSession {
  private final Curve25519PublicKey peer;
  private final Session ratchet;
  private final Instant createdAt;
  private Instant lastReceivedAt;

  /** Takes over the ratchet. */
  OlmSession(Curve25519PublicKey peer, Session ratchet, Instant createdAt, Instant lastReceivedAt) {
    this.peer = peer;
    this.ratchet = ratchet;
    this.createdAt = createdAt;
    this.lastReceivedAt = lastReceivedAt;
  }

  Curve25519PublicKey peer() {
    return peer;
  }

  StoredSession.Key key() {
    return new StoredSession.Key(peer, ratchet.sessionId());
  }

  Instant createdAt() {
    return createdAt;
  }

  /** When it last decrypted a message; when it was created, before that. */
  Instant lastReceivedAt() {
    return lastReceivedAt;
  }

  OlmMessage encrypt(byte[] plaintext) throws OlmException.NonContributory {
    return ratchet.encrypt(plaintext);
  }

  /** Whether {@code message} is likely this session's. */
  boolean knowsRatchetKeyOf(NormalMessage message) {
    return ratchet.knowsRatchetKeyOf(message);
  }

  byte[] decrypt(OlmMessage message, Instant now) throws OlmException {
    byte[] plaintext = ratchet.decrypt(message);
    lastReceivedAt = now;
    return plaintext;
  }

  StoredSession toStored(RatchetSeal seal) {
    return new StoredSession(
        peer, ratchet.sessionId(), createdAt, lastReceivedAt, seal.seal(key(), ratchet));
  }

  void close() {
    ratchet.close();
  }
}
