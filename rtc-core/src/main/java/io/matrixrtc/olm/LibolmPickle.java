package io.matrixrtc.olm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that libolm saved, for import. What it holds is told by nothing but its version and
 * length, so the caller must know which it is; the wrong one is refused as malformed. Reads the
 * versions that libolm 3.2 writes. Not thread-safe. Wipes its content when closed.
 *
 * <p>After an import the pickle must not be used again anywhere: two holders of one session send
 * under the same keys.
 *
 * <p>Source: the format of libolm 3.2, as its releases write it.
 */
public final class LibolmPickle implements AutoCloseable {
  private static final int ACCOUNT_VERSION = 4;
  private static final int SESSION_VERSION = 1;
  private static final int OUTBOUND_GROUP_VERSION = 1;
  private static final int INBOUND_GROUP_VERSION = 2;
  private static final int MAX_FALLBACK_KEYS = 2;

  private final byte[] content;
  private boolean closed;

  /** Takes over the content of a pickle. */
  LibolmPickle(byte[] owned) {
    this.content = owned;
  }

  /**
   * Decrypts a pickle.
   *
   * @param pickle base64, at most 8 Mi characters
   * @param key the pickle key, of any length; still the caller's, who should zero it
   * @throws PickleException.NotAuthentic if the key is another or the pickle was altered
   */
  public static LibolmPickle open(String pickle, byte[] key) throws PickleException {
    return new LibolmPickle(PickleEnvelope.open(pickle, key));
  }

  /**
   * Refuses the account that this is, because libolm does not keep the Ed25519 seed that an account
   * needs here. Give the seed with {@link #toAccount(byte[], RandomSource)}.
   *
   * @throws PickleException.SigningSeedMissing if this is an account; it names the way out
   */
  public Account toAccount(RandomSource random) throws PickleException {
    return account(null, random);
  }

  /**
   * Returns the account.
   *
   * @param seed of 32 bytes, of which libolm once made the Ed25519 key; copied
   * @param random what the account will make keys from
   * @throws PickleException.WrongSigningSeed if the seed is not that of the account
   */
  public Account toAccount(byte[] seed, RandomSource random) throws PickleException {
    return account(seed, random);
  }

  private Account account(byte @Nullable [] seed, RandomSource random) throws PickleException {
    LibolmReader in = new LibolmReader(content(), ACCOUNT_VERSION);
    ExpandedEd25519Key signingKey = in.signingKey();
    AccountImport account = new AccountImport(in.keyPair(), random);
    int count = in.count(OneTimeKeys.MAX_STORED);
    for (int i = 0; i < count; i++) {
      long id = in.number();
      boolean published = in.flag();
      account.oneTimeKey(id, in.keyPair(), published);
    }
    int fallbacks = in.octet(MAX_FALLBACK_KEYS);
    for (int i = 0; i < fallbacks; i++) {
      long id = in.number();
      boolean published = in.flag();
      account.fallbackKey(id, in.keyPair(), published);
    }
    account.nextId(in.number());
    in.end();
    return account.finish(signingKey, seed);
  }

  /**
   * Returns the session.
   *
   * @param random what the session will make keys from
   */
  public Session toSession(RandomSource random) throws PickleException {
    LibolmReader in = new LibolmReader(content(), SESSION_VERSION);
    in.flag(); // whether it received: told by its chains as well
    SessionKeys keys = new SessionKeys(in.publicKey(), in.publicKey(), in.publicKey());
    RootKey root = new RootKey(in.bytes(RootKey.BYTES));
    SendingChain sending = in.count(1) == 0 ? null : new SendingChain(in.keyPair(), in.chainKey());
    ReceivingChains receiving = receivingChains(in);
    in.end();
    if (sending == null && receiving.isEmpty()) {
      throw new PickleException.Malformed("session without a chain");
    }
    return new Session(SessionConfig.V1, keys, root, sending, receiving, random);
  }

  /** Reads chains, newest first, and the skipped keys of all of them, newest first. */
  private static ReceivingChains receivingChains(LibolmReader in) throws PickleException {
    record Chain(Curve25519PublicKey ratchetKey, ChainKey key, List<MessageKey> skipped) {}
    List<Chain> chains = new ArrayList<>();
    int count = in.count(ReceivingChains.MAX_CHAINS);
    for (int i = 0; i < count; i++) {
      chains.add(0, new Chain(in.publicKey(), in.chainKey(), new ArrayList<>()));
    }
    int skipped = in.count(ReceivingChain.MAX_SKIPPED);
    for (int i = 0; i < skipped; i++) {
      Curve25519PublicKey ratchetKey = in.publicKey();
      MessageKey key = new MessageKey(in.bytes(MessageKey.BYTES), in.number());
      chains.stream() // keys of chains that libolm dropped are of no use to it either
          .filter(chain -> chain.ratchetKey().equals(ratchetKey))
          .findFirst()
          .ifPresentOrElse(chain -> chain.skipped().add(0, key), key::wipe);
    }
    ReceivingChains receiving = new ReceivingChains();
    for (Chain chain : chains) {
      receiving.add(new ReceivingChain(chain.ratchetKey(), chain.key(), chain.skipped()));
    }
    return receiving;
  }

  /** Returns the outbound group session. */
  public GroupSession toGroupSession() throws PickleException {
    LibolmReader in = new LibolmReader(content(), OUTBOUND_GROUP_VERSION);
    MegolmRatchet ratchet = in.ratchet();
    ExpandedEd25519Key signingKey = in.signingKey();
    in.end();
    return new GroupSession(SessionConfig.V1, ratchet, signingKey, false);
  }

  /**
   * Returns the inbound group session, which reads as far back as libolm could. Whether it counts
   * as verified is taken over.
   */
  public InboundGroupSession toInboundGroupSession() throws PickleException {
    LibolmReader in = new LibolmReader(content(), INBOUND_GROUP_VERSION);
    MegolmRatchet first = in.ratchet();
    in.ratchet().wipe(); // a later one, which follows from the first
    Ed25519PublicKey signingKey = in.ed25519Key();
    boolean verified = in.flag();
    in.end();
    return new InboundGroupSession(SessionConfig.V1, signingKey, first, verified);
  }

  private byte[] content() {
    if (closed) {
      throw new IllegalStateException("pickle is closed");
    }
    return content;
  }

  /** Wipes the content. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(content, (byte) 0);
  }

  @Override
  public String toString() {
    return "LibolmPickle[" + content.length + " bytes]";
  }
}
