package io.matrixrtc.olm;

import org.jspecify.annotations.Nullable;

/**
 * One Olm session between two devices: encrypts and decrypts, each message under its own key.
 *
 * <p>A failed call changes nothing. After a call that worked, the new state must be stored before
 * its result is used: a session that falls back to an older state re-uses keys when sending and
 * loses messages when receiving. Not thread-safe. Wipes its keys when closed.
 *
 * <p>Source: Olm, "An implementation of the Double Ratchet"; limits as in vodozemac.
 */
public final class Session implements AutoCloseable {
  private final SessionConfig config;
  private final SessionKeys keys;
  private final String sessionId;
  private final RandomSource random;
  private final ReceivingChains receiving;
  private RootKey root;
  private @Nullable SendingChain sending;
  private boolean closed;

  /** Takes over all parts. Without a sending chain there must be a receiving one. */
  Session(
      SessionConfig config,
      SessionKeys keys,
      RootKey root,
      @Nullable SendingChain sending,
      ReceivingChains receiving,
      RandomSource random) {
    if (sending == null && receiving.isEmpty()) {
      throw new IllegalArgumentException("session: no chain at all");
    }
    this.config = config;
    this.keys = keys;
    this.sessionId = keys.sessionId();
    this.root = root;
    this.sending = sending;
    this.receiving = receiving;
    this.random = random;
  }

  /** The session of the device that started it: sends at once. */
  static Session outbound(
      SessionConfig config,
      SessionKeys keys,
      RootKey.Step start,
      Curve25519SecretKey ratchetKey,
      RandomSource random) {
    SendingChain sending = new SendingChain(ratchetKey, start.chain());
    return new Session(config, keys, start.root(), sending, new ReceivingChains(), random);
  }

  /** The session of the device that was written to: has no sending chain before it answers. */
  static Session inbound(PreKeyMessage first, RootKey.Step start, RandomSource random) {
    ReceivingChains receiving = new ReceivingChains();
    receiving.add(new ReceivingChain(first.message().ratchetKey(), start.chain()));
    SessionConfig config = first.message().config();
    return new Session(config, first.keys(), start.root(), null, receiving, random);
  }

  /** Equal on both sides; 43 characters. */
  public String sessionId() {
    return sessionId;
  }

  /** The configuration, which never changes. */
  public SessionConfig config() {
    return config;
  }

  /** Whether a message of the other side was decrypted; until then pre-key messages are sent. */
  public boolean hasReceivedMessage() {
    return !receiving.isEmpty();
  }

  /**
   * Encrypts {@code plaintext}, of any length.
   *
   * @throws OlmException.NonContributory if the other side's latest ratchet key is of small order
   * @throws IllegalStateException if the session is closed
   */
  public OlmMessage encrypt(byte[] plaintext) throws OlmException.NonContributory {
    checkOpen();
    NormalMessage message = activeChain().encrypt(config, plaintext);
    return hasReceivedMessage() ? message : new PreKeyMessage(keys, message); // OLM-PREKEY
  }

  /**
   * Whether {@code message} names a ratchet key that this session has received under before. To ask
   * costs nothing, while trying a message of another session costs an agreement; but a message that
   * turns the ratchet has a new key, so a no decides nothing.
   */
  public boolean knowsRatchetKeyOf(NormalMessage message) {
    return receiving.find(message.ratchetKey()) != null;
  }

  /**
   * Decrypts a message of the other side. Each works once. Of a pre-key message only the message
   * inside counts; its {@link PreKeyMessage#sessionId()} tells which session to ask.
   *
   * @throws OlmException if the message is refused; the session is then unchanged
   * @throws IllegalStateException if the session is closed
   */
  public byte[] decrypt(OlmMessage message) throws OlmException {
    checkOpen();
    NormalMessage normal =
        message instanceof PreKeyMessage preKey ? preKey.message() : (NormalMessage) message;
    if (normal.config() != config) {
      throw new OlmException.ConfigMismatch(config, normal.config()); // OLM-CONFIG
    }
    ReceivingChain known = receiving.find(normal.ratchetKey());
    return known != null ? known.decrypt(normal) : decryptOnNewChain(normal);
  }

  /**
   * Returns this session's state for storage, sealed under {@code key} with a 32-byte salt from
   * {@code random}.
   */
  public byte[] seal(StateKey key, RandomSource random) {
    checkOpen();
    return SealedState.seal(key, random, StateKind.SESSION, SessionState.write(this));
  }

  /**
   * As {@link #unseal(StateKey, byte[], RandomSource)}, with the platform's source of randomness.
   */
  public static Session unseal(StateKey key, byte[] sealed) throws SealedStateException {
    return unseal(key, sealed, RandomSource.secure());
  }

  /**
   * Returns the session of a sealed state.
   *
   * @param random what the session will make keys from
   * @throws SealedStateException if it cannot be read
   */
  public static Session unseal(StateKey key, byte[] sealed, RandomSource random)
      throws SealedStateException {
    return StateReader.unseal(key, StateKind.SESSION, sealed, in -> SessionState.read(in, random));
  }

  private SendingChain activeChain() throws OlmException.NonContributory {
    SendingChain active = sending;
    if (active != null) {
      return active;
    }
    Curve25519SecretKey ratchetKey = Curve25519SecretKey.generate(random);
    RootKey.Step step;
    try {
      step = root.advance(ratchetKey, receiving.newest().ratchetKey());
    } catch (OlmException.NonContributory e) {
      ratchetKey.close();
      throw e;
    }
    root.wipe();
    root = step.root();
    active = new SendingChain(ratchetKey, step.chain());
    sending = active;
    return active;
  }

  private byte[] decryptOnNewChain(NormalMessage message) throws OlmException {
    SendingChain active = sending;
    if (active == null) {
      throw refusedWithoutSendingChain(message);
    }
    RootKey.Step step = root.advance(active.ratchetKey(), message.ratchetKey());
    ReceivingChain chain = new ReceivingChain(message.ratchetKey(), step.chain());
    byte[] plaintext;
    try {
      plaintext = chain.decrypt(message);
    } catch (OlmException e) {
      step.wipe();
      throw e;
    }
    root.wipe(); // OLM-COMMIT: only now
    root = step.root();
    receiving.add(chain);
    active.wipe();
    sending = null;
    return plaintext;
  }

  /**
   * Nobody can have answered a ratchet key that we have not made yet, so the message is forged or
   * of a chain that was dropped. Reasons are told in the order in which trying would find them.
   */
  private static OlmException refusedWithoutSendingChain(NormalMessage message)
      throws OlmException.GapTooBig {
    if (Curve25519SecretKey.isSmallOrder(message.ratchetKey())) {
      return new OlmException.NonContributory();
    }
    ReceivingChain.checkGap(0, message.chainIndex());
    return new OlmException.NotAuthentic(AuthenticityCheck.MAC);
  }

  SessionKeys keys() {
    return keys;
  }

  RootKey root() {
    return root;
  }

  @Nullable SendingChain sending() {
    return sending;
  }

  ReceivingChains receiving() {
    return receiving;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("session is closed");
    }
  }

  /** Wipes all keys. */
  @Override
  public void close() {
    closed = true;
    root.wipe();
    receiving.wipe();
    if (sending != null) {
      sending.wipe();
    }
  }

  @Override
  public String toString() {
    return "Session[" + sessionId + "]";
  }
}
