package io.matrixrtc.olm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what vodozemac puts into its pickles. */
final class VodozemacState {
  private VodozemacState() {}

  static Account account(PickleObject in, byte @Nullable [] seed, RandomSource random)
      throws PickleException {
    AccountImport account = new AccountImport(in.secretKey("diffie_hellman_key"), random);
    PickleObject oneTimeKeys = in.object("one_time_keys");
    PickleObject secrets = oneTimeKeys.object("private_keys");
    PickleObject unpublished = oneTimeKeys.object("public_keys");
    if (secrets.names().size() > OneTimeKeys.MAX_STORED) {
      throw new PickleException.Malformed("too many one-time keys"); // PICKLE-LIMIT
    }
    for (String id : secrets.names()) {
      Curve25519SecretKey key = secrets.secretKey(id);
      boolean published = !unpublished.has(id);
      if (!published && !unpublished.publicKey(id).equals(key.publicKey())) {
        throw new PickleException.Malformed("public key of another private key");
      }
      account.oneTimeKey(id(id), key, published);
    }
    account.nextId(oneTimeKeys.number("next_key_id"));
    PickleObject fallbackKeys = in.object("fallback_keys");
    for (String name : List.of("fallback_key", "previous_fallback_key")) {
      if (fallbackKeys.has(name)) {
        PickleObject key = fallbackKeys.object(name);
        account.fallbackKey(key.number("key_id"), key.secretKey("key"), key.flag("published"));
      }
    }
    account.nextId(fallbackKeys.number("key_id"));
    MessageSigner signingKey = signingKey(in.object("signing_key"));
    if (signingKey instanceof Ed25519KeyPair keyPair && seed == null) {
      return account.finish(keyPair);
    }
    return account.finish(expanded(signingKey), seed);
  }

  /** Vodozemac counts one-time and fallback keys apart; here both lie below one counter. */
  private static long id(String text) throws PickleException.Malformed {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new PickleException.Malformed("key id that is no number");
    }
  }

  static Session session(PickleObject in, RandomSource random) throws PickleException {
    PickleObject names = in.object("session_keys");
    SessionKeys keys =
        new SessionKeys(
            names.publicKey("identity_key"),
            names.publicKey("base_key"),
            names.publicKey("one_time_key"));
    List<ReceivingChain> chains = new ArrayList<>();
    for (PickleObject chain :
        in.object("receiving_chains").objects("inner", ReceivingChains.MAX_CHAINS)) {
      chains.add(receivingChain(chain));
    }
    SessionConfig config = in.config();
    PickleObject ratchet = in.object("sending_ratchet");
    switch (ratchet.text("type")) {
      case "active":
        PickleObject active = ratchet.object("active_ratchet");
        SendingChain sending =
            new SendingChain(
                active.secretKey("ratchet_key"), chainKey(ratchet.object("symmetric_key_ratchet")));
        if (ratchet.has("parent_ratchet_key")) {
          makeNewest(chains, ratchet.publicKey("parent_ratchet_key"));
        }
        RootKey root = new RootKey(active.bytes("root_key", RootKey.BYTES));
        return new Session(config, keys, root, sending, all(chains), random);
      case "inactive":
        if (!makeNewest(chains, ratchet.publicKey("ratchet_key"))) {
          throw new PickleException.Malformed("latest ratchet key without a chain");
        }
        RootKey remote = new RootKey(ratchet.object("root_key").bytes("key", RootKey.BYTES));
        return new Session(config, keys, remote, null, all(chains), random);
      default:
        throw new PickleException.Malformed("unknown kind of ratchet");
    }
  }

  private static ReceivingChain receivingChain(PickleObject in) throws PickleException.Malformed {
    List<MessageKey> skipped = new ArrayList<>();
    for (PickleObject key :
        in.object("skipped_message_keys").objects("inner", ReceivingChain.MAX_SKIPPED)) {
      skipped.add(new MessageKey(key.bytes("key", MessageKey.BYTES), key.number("index")));
    }
    ChainKey chain = chainKey(in.object("hkdf_ratchet"));
    return new ReceivingChain(in.publicKey("ratchet_key"), chain, skipped);
  }

  private static ChainKey chainKey(PickleObject in) throws PickleException.Malformed {
    return new ChainKey(in.bytes("key", ChainKey.BYTES), in.number("index"));
  }

  /**
   * Puts the chain of {@code ratchetKey} last. It is there already, except in sessions that
   * vodozemac had from libolm: those have their chains in the opposite order (PICKLE-CHAINS). While
   * such a session is sending, nothing tells; it then loses its chains in the wrong order.
   */
  private static boolean makeNewest(List<ReceivingChain> chains, Curve25519PublicKey ratchetKey) {
    for (ReceivingChain chain : chains) {
      if (chain.ratchetKey().equals(ratchetKey)) {
        chains.remove(chain);
        chains.add(chain);
        return true;
      }
    }
    return false;
  }

  private static ReceivingChains all(List<ReceivingChain> chains) {
    ReceivingChains receiving = new ReceivingChains();
    chains.forEach(receiving::add);
    return receiving;
  }

  static GroupSession groupSession(PickleObject in) throws PickleException {
    MegolmRatchet ratchet = ratchet(in.object("ratchet"));
    MessageSigner signingKey = signingKey(in.object("signing_key"));
    return new GroupSession(in.config(), ratchet, signingKey, false);
  }

  static InboundGroupSession inboundGroupSession(PickleObject in) throws PickleException {
    MegolmRatchet first = ratchet(in.object("initial_ratchet"));
    boolean verified = in.flag("signing_key_verified");
    try {
      Ed25519PublicKey signingKey =
          Ed25519PublicKey.of(in.bytes("signing_key", Ed25519PublicKey.BYTES));
      return new InboundGroupSession(in.config(), signingKey, first, verified);
    } catch (KeyFormatException e) {
      throw new PickleException.Malformed("bad signing key");
    }
  }

  private static MegolmRatchet ratchet(PickleObject in) throws PickleException.Malformed {
    long index = in.number("counter");
    if (Long.compareUnsigned(index, MegolmRatchet.MAX_INDEX) > 0) {
      throw new PickleException.Malformed("ratchet index over its limit"); // PICKLE-LIMIT
    }
    return new MegolmRatchet(in.bytes("inner", MegolmRatchet.BYTES), index);
  }

  /** A seed, or for what came from libolm the expanded key. */
  private static MessageSigner signingKey(PickleObject in) throws PickleException.Malformed {
    if (in.has("Normal")) {
      return Ed25519KeyPair.owned(in.bytes("Normal", Ed25519KeyPair.SEED_BYTES));
    }
    try {
      return ExpandedEd25519Key.owned(in.bytes("Expanded", ExpandedEd25519Key.BYTES));
    } catch (KeyFormatException e) {
      throw new PickleException.Malformed("bad signing key");
    }
  }

  private static ExpandedEd25519Key expanded(MessageSigner key) throws PickleException.Malformed {
    if (key instanceof ExpandedEd25519Key expanded) {
      return expanded;
    }
    try (Ed25519KeyPair keyPair = (Ed25519KeyPair) key) {
      byte[] seed = keyPair.copySeed();
      byte[] expanded = ExpandedEd25519Key.expand(seed);
      Arrays.fill(seed, (byte) 0);
      return ExpandedEd25519Key.owned(expanded);
    } catch (KeyFormatException e) {
      throw new PickleException.Malformed("bad signing key");
    }
  }
}
