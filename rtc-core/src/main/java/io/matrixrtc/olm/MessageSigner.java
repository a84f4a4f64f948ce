package io.matrixrtc.olm;

/** The private key that signs the messages of a group session. */
sealed interface MessageSigner extends AutoCloseable permits Ed25519KeyPair, ExpandedEd25519Key {
  /** The public half; also the session's id. */
  Ed25519PublicKey publicKey();

  /** Returns the signature of {@code message}; equal messages give equal signatures. */
  Ed25519Signature sign(byte[] message);

  /** Wipes the key. */
  @Override
  void close();
}
