package io.matrixrtc.olm;

/** What is sent under one ratchet key of ours. */
final class SendingChain {
  private final Curve25519SecretKey ratchetKey;
  private ChainKey chain;

  /** Takes over both. */
  SendingChain(Curve25519SecretKey ratchetKey, ChainKey chain) {
    this.ratchetKey = ratchetKey;
    this.chain = chain;
  }

  Curve25519SecretKey ratchetKey() {
    return ratchetKey;
  }

  ChainKey chain() {
    return chain;
  }

  NormalMessage encrypt(SessionConfig config, byte[] plaintext) {
    MessageKey key = chain.messageKey();
    NormalMessage message = NormalMessage.seal(config, ratchetKey.publicKey(), key, plaintext);
    key.wipe();
    ChainKey next = chain.next();
    chain.wipe();
    chain = next;
    return message;
  }

  void wipe() {
    ratchetKey.close();
    chain.wipe();
  }
}
