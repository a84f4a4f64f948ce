package io.matrixrtc.olm;

import io.matrixrtc.encoding.Base64Text;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The private keys of one device: its identity for life, its one-time keys and its fallback keys.
 *
 * <p>A failed call changes nothing. After a call that worked, the new state must be stored before
 * its result is used. Not thread-safe. Wipes its keys when closed.
 *
 * <p>Source: Matrix specification, end-to-end encryption, "One-time and fallback keys"; limits as
 * in vodozemac.
 */
public final class Account implements AutoCloseable {
  /** How many unused one-time keys clients keep on the server. */
  public static final int ONE_TIME_KEYS_ON_SERVER = 50;

  /** How many private one-time keys are kept; when there are more, the oldest go. */
  public static final int MAX_STORED_ONE_TIME_KEYS = OneTimeKeys.MAX_STORED;

  private final Ed25519KeyPair signingKey;
  private final Curve25519SecretKey identityKey;
  private final OneTimeKeys oneTimeKeys;
  private final FallbackKeys fallbackKeys;
  private final RandomSource random;
  private long nextKeyId;
  private boolean closed;

  /** Takes over all parts. */
  Account(
      Ed25519KeyPair signingKey,
      Curve25519SecretKey identityKey,
      OneTimeKeys oneTimeKeys,
      FallbackKeys fallbackKeys,
      long nextKeyId,
      RandomSource random) {
    this.signingKey = signingKey;
    this.identityKey = identityKey;
    this.oneTimeKeys = oneTimeKeys;
    this.fallbackKeys = fallbackKeys;
    this.nextKeyId = nextKeyId;
    this.random = random;
  }

  /**
   * Returns a new account, from 64 bytes of {@code random}, which it and its sessions keep using.
   */
  public static Account generate(RandomSource random) {
    Ed25519KeyPair signingKey = Ed25519KeyPair.generate(random);
    Curve25519SecretKey identityKey = Curve25519SecretKey.generate(random);
    FallbackKeys none = new FallbackKeys(null, null);
    return new Account(signingKey, identityKey, new OneTimeKeys(), none, 0, random);
  }

  /**
   * Puts together an account whose keys are kept otherwise, as those of a dehydrated device are
   * (MSC3814). Copies them; all count as published.
   *
   * @param random what it and its sessions use
   * @throws PickleException if a one-time key is there twice
   */
  public static Account ofKeys(
      Curve25519SecretKey identityKey,
      Ed25519KeyPair signingKey,
      List<Curve25519SecretKey> oneTimeKeys,
      Optional<Curve25519SecretKey> fallbackKey,
      RandomSource random)
      throws PickleException {
    AccountImport account = new AccountImport(copy(identityKey), random);
    long id = 0;
    for (Curve25519SecretKey key : oneTimeKeys) {
      account.oneTimeKey(id++, copy(key), true);
    }
    if (fallbackKey.isPresent()) {
      account.fallbackKey(id, copy(fallbackKey.get()), true);
    }
    return account.finish(Ed25519KeyPair.owned(signingKey.copySeed()));
  }

  private static Curve25519SecretKey copy(Curve25519SecretKey key) {
    return Curve25519SecretKey.owned(key.copySecret());
  }

  /** The device's public keys. */
  public IdentityKeys identityKeys() {
    return new IdentityKeys(signingKey.publicKey(), identityKey.publicKey());
  }

  /** Returns the device's signature of {@code message}. */
  public Ed25519Signature sign(byte[] message) {
    return signingKey.sign(message);
  }

  /**
   * Makes {@code count} one-time keys, of 32 random bytes each.
   *
   * @throws IllegalArgumentException unless {@code count} is 0 to {@link #MAX_STORED_ONE_TIME_KEYS}
   */
  public OneTimeKeyGeneration generateOneTimeKeys(int count) {
    checkOpen();
    if (count < 0 || count > MAX_STORED_ONE_TIME_KEYS) {
      throw new IllegalArgumentException("one-time keys: cannot make " + count);
    }
    List<Curve25519PublicKey> created = new ArrayList<>();
    List<Curve25519PublicKey> removed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Curve25519SecretKey key = Curve25519SecretKey.generate(random);
      created.add(key.publicKey());
      Curve25519PublicKey gone = oneTimeKeys.add(nextKeyId++, key, false); // ACC-KEY-ID
      if (gone != null) {
        removed.add(gone);
      }
    }
    return new OneTimeKeyGeneration(created, removed);
  }

  /**
   * The one-time keys that were not marked as published, by key id, in the order they were made.
   */
  public Map<String, Curve25519PublicKey> unpublishedOneTimeKeys() {
    Map<String, Curve25519PublicKey> keys = new LinkedHashMap<>();
    oneTimeKeys.unpublished().forEach((id, key) -> keys.put(keyId(id), key));
    return keys;
  }

  /** How many private one-time keys are kept, published or not. */
  public int storedOneTimeKeyCount() {
    return oneTimeKeys.size();
  }

  /**
   * Makes a new fallback key. The current one becomes the previous one, and still works; the
   * previous one goes.
   *
   * @return the key that went, if there was one
   */
  public Optional<Curve25519PublicKey> generateFallbackKey() {
    checkOpen();
    Curve25519SecretKey key = Curve25519SecretKey.generate(random);
    return Optional.ofNullable(fallbackKeys.rotate(nextKeyId++, key));
  }

  /** The current fallback key by its key id, unless it was marked as published or there is none. */
  public Map<String, Curve25519PublicKey> unpublishedFallbackKey() {
    FallbackKeys.Entry current = fallbackKeys.current();
    return current == null || current.published()
        ? Map.of()
        : Map.of(keyId(current.id()), current.key().publicKey());
  }

  /** Whether there is a current fallback key, published or not. */
  public boolean hasFallbackKey() {
    return fallbackKeys.current() != null;
  }

  /** Drops the previous fallback key; returns whether there was one. */
  public boolean forgetFallbackKey() {
    checkOpen();
    return fallbackKeys.forgetPrevious();
  }

  /** Notes that the server has all one-time keys and the current fallback key (ACC-PUBLISH). */
  public void markKeysAsPublished() {
    oneTimeKeys.markAsPublished();
    fallbackKeys.markAsPublished();
  }

  /**
   * Starts a session with another device, from 64 random bytes.
   *
   * @param identity the other device's identity key
   * @param oneTimeKey a one-time or fallback key of it
   * @throws OlmException.NonContributory if one of the keys is of small order
   */
  public Session createOutboundSession(
      SessionConfig config, Curve25519PublicKey identity, Curve25519PublicKey oneTimeKey)
      throws OlmException.NonContributory {
    checkOpen();
    try (Curve25519SecretKey baseKey = Curve25519SecretKey.generate(random)) {
      RootKey.Step start = TripleDiffieHellman.outbound(identityKey, baseKey, identity, oneTimeKey);
      SessionKeys keys = new SessionKeys(identityKey.publicKey(), baseKey.publicKey(), oneTimeKey);
      Curve25519SecretKey ratchetKey = Curve25519SecretKey.generate(random);
      return Session.outbound(config, keys, start, ratchetKey, random);
    }
  }

  /**
   * As {@link #createInboundSession(SessionConfig, Curve25519PublicKey, PreKeyMessage)} with {@link
   * SessionConfig#V1}, the only one that Matrix uses.
   */
  public InboundCreation createInboundSession(
      Curve25519PublicKey senderIdentity, PreKeyMessage message) throws OlmException {
    return createInboundSession(SessionConfig.V1, senderIdentity, message);
  }

  /**
   * Starts a session from a received message and decrypts that message. Only if all of that works
   * is the one-time key used up; a fallback key stays.
   *
   * @param senderIdentity the identity key that the message is said to come from
   * @throws OlmException if the message is refused; the account is then unchanged
   */
  public InboundCreation createInboundSession(
      SessionConfig config, Curve25519PublicKey senderIdentity, PreKeyMessage message)
      throws OlmException {
    checkOpen();
    if (!senderIdentity.equals(message.identityKey())) {
      throw new OlmException.IdentityKeyMismatch(senderIdentity, message.identityKey()); // OLM-IDK
    }
    if (message.message().config() != config) {
      throw new OlmException.ConfigMismatch(config, message.message().config()); // OLM-CONFIG
    }
    Curve25519SecretKey oneTimeKey = findPrivate(message.oneTimeKey());
    if (oneTimeKey == null) {
      throw new OlmException.UnknownOneTimeKey(message.oneTimeKey()); // OLM-OTK
    }
    RootKey.Step start =
        TripleDiffieHellman.inbound(
            identityKey, oneTimeKey, message.identityKey(), message.baseKey());
    Session session = Session.inbound(message, start, random);
    byte[] plaintext;
    try {
      plaintext = session.decrypt(message);
    } catch (OlmException e) {
      session.close();
      throw e;
    }
    oneTimeKeys.remove(message.oneTimeKey()); // OLM-OTK-BURN: only now
    return new InboundCreation(session, plaintext);
  }

  /**
   * Returns this account's state for storage, sealed under {@code key} with a 32-byte salt from
   * {@code random}.
   */
  public byte[] seal(StateKey key, RandomSource random) {
    checkOpen();
    return SealedState.seal(key, random, StateKind.ACCOUNT, AccountState.write(this));
  }

  /**
   * As {@link #unseal(StateKey, byte[], RandomSource)}, with the platform's source of randomness.
   */
  public static Account unseal(StateKey key, byte[] sealed) throws SealedStateException {
    return unseal(key, sealed, RandomSource.secure());
  }

  /**
   * Returns the account of a sealed state.
   *
   * @param random what the account will make keys from
   * @throws SealedStateException if it cannot be read
   */
  public static Account unseal(StateKey key, byte[] sealed, RandomSource random)
      throws SealedStateException {
    return StateReader.unseal(key, StateKind.ACCOUNT, sealed, in -> AccountState.read(in, random));
  }

  private @Nullable Curve25519SecretKey findPrivate(Curve25519PublicKey key) {
    Curve25519SecretKey oneTimeKey = oneTimeKeys.find(key);
    return oneTimeKey != null ? oneTimeKey : fallbackKeys.find(key);
  }

  private static String keyId(long id) {
    return Base64Text.encode(ByteBuffer.allocate(Long.BYTES).putLong(id).array());
  }

  Ed25519KeyPair signingKey() {
    return signingKey;
  }

  Curve25519SecretKey identityKey() {
    return identityKey;
  }

  OneTimeKeys oneTimeKeys() {
    return oneTimeKeys;
  }

  FallbackKeys fallbackKeys() {
    return fallbackKeys;
  }

  long nextKeyId() {
    return nextKeyId;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("account is closed");
    }
  }

  /** Wipes all keys. */
  @Override
  public void close() {
    closed = true;
    signingKey.close();
    identityKey.close();
    oneTimeKeys.wipe();
    fallbackKeys.wipe();
  }

  @Override
  public String toString() {
    return "Account[" + identityKeys() + "]";
  }
}
