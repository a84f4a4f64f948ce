package io.matrixrtc.olm;

import java.util.Optional;
import javax.crypto.BadPaddingException;

/**
 * A group session of somebody, readable from its first known index on. Messages may be decrypted in
 * any order and again: a replay is the caller's to notice. Not thread-safe. Wipes its keys when
 * closed.
 *
 * <p>Source: Megolm group ratchet.
 */
public final class InboundGroupSession implements AutoCloseable {
  private final SessionConfig config;
  private final Ed25519PublicKey signingKey;
  private final MegolmRatchet first;
  private final boolean verified;

  /** The furthest that decrypting went; saves hashes when messages come in order. */
  private MegolmRatchet latest;

  private boolean closed;

  /** Takes over the ratchet. */
  InboundGroupSession(
      SessionConfig config, Ed25519PublicKey signingKey, MegolmRatchet first, boolean verified) {
    this.config = config;
    this.signingKey = signingKey;
    this.first = first;
    this.verified = verified;
    this.latest = first.copy();
  }

  /** Returns the session of a signed key, which counts as verified. Copies from the key. */
  public static InboundGroupSession fromSessionKey(SessionKey key, SessionConfig config) {
    SessionKeyBlock block = key.block();
    return new InboundGroupSession(config, block.signingKey(), block.ratchet().copy(), true);
  }

  /** Returns the session of an export, which does not count as verified. Copies from the key. */
  public static InboundGroupSession importExported(ExportedSessionKey key, SessionConfig config) {
    SessionKeyBlock block = key.block();
    return new InboundGroupSession(config, block.signingKey(), block.ratchet().copy(), false);
  }

  /** The session's id: base64 of its Ed25519 key; 43 characters. */
  public String sessionId() {
    return signingKey.toBase64();
  }

  /** The configuration, which never changes. */
  public SessionConfig config() {
    return config;
  }

  /** The first index that can be decrypted, 0 to 2^32 − 1. */
  public long firstKnownIndex() {
    return first.index();
  }

  /** Whether the owner of the session's signing key is known to have made this key. */
  public boolean isVerified() {
    return verified;
  }

  /**
   * Decrypts a message.
   *
   * @throws MegolmException if the message is refused, for the first of these that fails:
   *     signature, index, configuration, MAC, padding
   * @throws IllegalStateException if the session is closed
   */
  public DecryptedGroupMessage decrypt(MegolmMessage message) throws MegolmException {
    checkOpen();
    if (!signingKey.verify(message.signed(), message.signature())) {
      throw new MegolmException.NotAuthentic(AuthenticityCheck.SIGNATURE); // MEGOLM-SIG
    }
    MegolmRatchet ratchet = at(message.index());
    if (message.config() != config) {
      throw new MegolmException.ConfigMismatch(config, message.config()); // MEGOLM-CONFIG
    }
    try (MessageCipher cipher = ratchet.cipher()) {
      if (!cipher.macMatches(message.authenticated(), message.mac())) {
        throw new MegolmException.NotAuthentic(AuthenticityCheck.MAC); // MEGOLM-MAC
      }
      byte[] plaintext = cipher.decrypt(message.ciphertext());
      remember(ratchet);
      return new DecryptedGroupMessage(plaintext, message.index());
    } catch (BadPaddingException e) {
      throw new MegolmException.NotAuthentic(AuthenticityCheck.PADDING); // MEGOLM-PAD
    }
  }

  /**
   * Returns an export that reads from {@code index} on.
   *
   * @throws MegolmException.UnknownIndex if {@code index} is before the first known one
   * @throws IllegalArgumentException unless {@code index} is 0 to 2^32 − 1
   */
  public ExportedSessionKey exportAt(long index) throws MegolmException.UnknownIndex {
    checkOpen();
    return new ExportedSessionKey(
        new SessionKeyBlock(at(MegolmRatchet.checkIndex(index)), signingKey));
  }

  /** Returns an export of everything that can be read. */
  public ExportedSessionKey exportAtFirstKnownIndex() {
    checkOpen();
    return new ExportedSessionKey(new SessionKeyBlock(first.copy(), signingKey));
  }

  /** How this copy compares with {@code other}. */
  public SessionOrdering compare(InboundGroupSession other) {
    if (!isConnectedTo(other)) {
      return SessionOrdering.UNCONNECTED;
    }
    int order = Long.compare(first.index(), other.first.index());
    return order == 0
        ? SessionOrdering.EQUAL
        : order < 0 ? SessionOrdering.BETTER : SessionOrdering.WORSE;
  }

  /**
   * Whether both are copies of one session: same configuration, same signing key, and the same
   * ratchet where both can read (MEGOLM-CONNECT).
   */
  public boolean isConnectedTo(InboundGroupSession other) {
    checkOpen();
    other.checkOpen();
    if (config != other.config || !signingKey.equals(other.signingKey)) {
      return false;
    }
    MegolmRatchet ours = first.copy();
    MegolmRatchet theirs = other.first.copy();
    long common = Math.max(ours.index(), theirs.index());
    ours.advanceTo(common);
    theirs.advanceTo(common);
    boolean same = ours.sameAs(theirs);
    ours.wipe();
    theirs.wipe();
    return same;
  }

  /**
   * Returns a new session that reads as far back as the better of both and is verified if either is
   * (MEGOLM-MERGE); empty if they are not connected.
   */
  public Optional<InboundGroupSession> merge(InboundGroupSession other) {
    SessionOrdering order = compare(other);
    if (order == SessionOrdering.UNCONNECTED) {
      return Optional.empty();
    }
    MegolmRatchet better = order == SessionOrdering.WORSE ? other.first : first;
    boolean either = verified || other.verified;
    return Optional.of(new InboundGroupSession(config, signingKey, better.copy(), either));
  }

  /**
   * Returns this session's state for storage, sealed under {@code key} with a 32-byte salt from
   * {@code random}.
   */
  public byte[] seal(StateKey key, RandomSource random) {
    checkOpen();
    return SealedState.seal(
        key, random, StateKind.INBOUND_GROUP_SESSION, GroupSessionState.write(this));
  }

  /**
   * Returns the session of a sealed state.
   *
   * @throws SealedStateException if it cannot be read
   */
  public static InboundGroupSession unseal(StateKey key, byte[] sealed)
      throws SealedStateException {
    return StateReader.unseal(
        key, StateKind.INBOUND_GROUP_SESSION, sealed, GroupSessionState::readInbound);
  }

  /** Returns a new ratchet at {@code index}; neither of the kept ones moves. */
  private MegolmRatchet at(long index) throws MegolmException.UnknownIndex {
    if (index < first.index()) {
      throw new MegolmException.UnknownIndex(first.index(), index); // MEGOLM-IDX
    }
    MegolmRatchet ratchet = (index >= latest.index() ? latest : first).copy();
    ratchet.advanceTo(index);
    return ratchet;
  }

  private void remember(MegolmRatchet ratchet) {
    MegolmRatchet surplus = ratchet;
    if (ratchet.index() > latest.index()) {
      surplus = latest;
      latest = ratchet;
    }
    surplus.wipe();
  }

  Ed25519PublicKey signingKey() {
    return signingKey;
  }

  MegolmRatchet first() {
    return first;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("inbound group session is closed");
    }
  }

  /** Wipes all keys. */
  @Override
  public void close() {
    closed = true;
    first.wipe();
    latest.wipe();
  }

  @Override
  public String toString() {
    return "InboundGroupSession[" + sessionId() + " from " + firstKnownIndex() + "]";
  }
}
