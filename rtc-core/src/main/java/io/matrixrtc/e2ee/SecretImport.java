package io.matrixrtc.e2ee;

/** What became of a private cross-signing key that came from elsewhere. */
public enum SecretImport {
  /** It belongs to our identity, and is kept. */
  IMPORTED,
  /** Our identity has another public key for this use: it is not kept. */
  DOES_NOT_MATCH,
  /** No identity of our own user is known that it could belong to: it is not kept. */
  NO_IDENTITY,
  /** It is no cross-signing key. */
  NOT_FOR_SIGNING
}
