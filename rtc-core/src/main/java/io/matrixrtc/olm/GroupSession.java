package io.matrixrtc.olm;

/**
 * Our own end of a Megolm session: encrypts to everybody who was given its key. After an encryption
 * the new state must be stored before the message is sent. Not thread-safe. Wipes its keys when
 * closed.
 *
 * <p>Source: Megolm group ratchet.
 */
public final class GroupSession implements AutoCloseable {
  private final SessionConfig config;
  private final MegolmRatchet ratchet;
  private final MessageSigner signingKey;
  private boolean usedUp;
  private boolean closed;

  /** Takes over all parts. */
  GroupSession(
      SessionConfig config, MegolmRatchet ratchet, MessageSigner signingKey, boolean usedUp) {
    this.config = config;
    this.ratchet = ratchet;
    this.signingKey = signingKey;
    this.usedUp = usedUp;
  }

  /** Returns a new session at index 0, from 160 bytes of {@code random}. */
  public static GroupSession generate(SessionConfig config, RandomSource random) {
    byte[] parts = new byte[MegolmRatchet.BYTES];
    random.nextBytes(parts);
    MegolmRatchet ratchet = new MegolmRatchet(parts, 0);
    return new GroupSession(config, ratchet, Ed25519KeyPair.generate(random), false);
  }

  /** The session's id: base64 of its Ed25519 key; 43 characters. */
  public String sessionId() {
    return signingKey.publicKey().toBase64();
  }

  /** The configuration, which never changes. */
  public SessionConfig config() {
    return config;
  }

  /** The index of the next message, 0 to 2^32 − 1. */
  public long messageIndex() {
    return ratchet.index();
  }

  /**
   * Encrypts {@code plaintext}, of any length, and goes one index on.
   *
   * @throws IllegalStateException if the session is closed, or 2^32 messages were encrypted;
   *     callers start a new session long before
   */
  public MegolmMessage encrypt(byte[] plaintext) {
    checkOpen();
    if (usedUp) {
      throw new IllegalStateException("group session is used up"); // MEGOLM-WRAP
    }
    MegolmMessage message = MegolmMessage.seal(config, ratchet, signingKey, plaintext);
    if (ratchet.index() == MegolmRatchet.MAX_INDEX) {
      usedUp = true;
    } else {
      ratchet.advanceTo(ratchet.index() + 1);
    }
    return message;
  }

  /** Returns the key that reads this session from its next message on. */
  public SessionKey sessionKey() {
    checkOpen();
    return SessionKey.of(ratchet, signingKey);
  }

  /**
   * Returns this session's state for storage, sealed under {@code key} with a 32-byte salt from
   * {@code random}.
   */
  public byte[] seal(StateKey key, RandomSource random) {
    checkOpen();
    return SealedState.seal(key, random, StateKind.GROUP_SESSION, GroupSessionState.write(this));
  }

  /**
   * Returns the session of a sealed state.
   *
   * @throws SealedStateException if it cannot be read
   */
  public static GroupSession unseal(StateKey key, byte[] sealed) throws SealedStateException {
    return StateReader.unseal(
        key, StateKind.GROUP_SESSION, sealed, GroupSessionState::readOutbound);
  }

  MegolmRatchet ratchet() {
    return ratchet;
  }

  MessageSigner signingKey() {
    return signingKey;
  }

  boolean isUsedUp() {
    return usedUp;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("group session is closed");
    }
  }

  /** Wipes all keys. */
  @Override
  public void close() {
    closed = true;
    ratchet.wipe();
    signingKey.close();
  }

  @Override
  public String toString() {
    return "GroupSession[" + sessionId() + " at " + messageIndex() + "]";
  }
}
