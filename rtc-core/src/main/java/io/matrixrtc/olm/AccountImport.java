package io.matrixrtc.olm;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts an account together out of the parts of a pickle. */
final class AccountImport {
  private final Curve25519SecretKey identityKey;
  private final RandomSource random;
  private final OneTimeKeys oneTimeKeys = new OneTimeKeys();
  private FallbackKeys.@Nullable Entry current;
  private FallbackKeys.@Nullable Entry previous;
  private long nextId;

  /** Takes over the key. */
  AccountImport(Curve25519SecretKey identityKey, RandomSource random) {
    this.identityKey = identityKey;
    this.random = random;
  }

  void oneTimeKey(long id, Curve25519SecretKey key, boolean published)
      throws PickleException.Malformed {
    used(id);
    if (oneTimeKeys.find(key.publicKey()) != null || oneTimeKeys.all().containsKey(id)) {
      throw new PickleException.Malformed("one-time key twice"); // PICKLE-CONTENT
    }
    oneTimeKeys.add(id, key, published);
  }

  /** Adds a fallback key: the current one first, then the one before. */
  void fallbackKey(long id, Curve25519SecretKey key, boolean published)
      throws PickleException.Malformed {
    used(id);
    FallbackKeys.Entry entry = new FallbackKeys.Entry(id, key, published);
    if (current == null) {
      current = entry;
    } else {
      previous = entry;
    }
  }

  /** The id that the pickle would have given out next; ids below it may be in use elsewhere. */
  void nextId(long id) throws PickleException.Malformed {
    if (id < 0) {
      throw new PickleException.Malformed("key ids are used up"); // PICKLE-LIMIT
    }
    nextId = Math.max(nextId, id); // PICKLE-KEY-ID
  }

  private void used(long id) throws PickleException.Malformed {
    if (id < 0) {
      throw new PickleException.Malformed("key ids are used up");
    }
    nextId(id + 1);
  }

  /** Returns the account, if {@code seed} is what {@code signingKey} was expanded from. */
  Account finish(ExpandedEd25519Key signingKey, byte @Nullable [] seed) throws PickleException {
    if (seed == null) {
      throw new PickleException.SigningSeedMissing(signingKey.publicKey()); // PICKLE-SEED
    }
    byte[] kept = signingKey.copyExpanded();
    byte[] expanded = ExpandedEd25519Key.expand(seed);
    boolean same =
        seed.length == Ed25519KeyPair.SEED_BYTES && MessageDigest.isEqual(kept, expanded);
    Arrays.fill(kept, (byte) 0);
    Arrays.fill(expanded, (byte) 0);
    signingKey.close();
    if (!same) {
      throw new PickleException.WrongSigningSeed();
    }
    return finish(Ed25519KeyPair.owned(seed.clone()));
  }

  Account finish(Ed25519KeyPair signingKey) {
    FallbackKeys fallbackKeys = new FallbackKeys(current, previous);
    return new Account(signingKey, identityKey, oneTimeKeys, fallbackKeys, nextId, random);
  }
}
