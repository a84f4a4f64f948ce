package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Our own user's identity with both its sides. A private key counts only as long as the identity
 * shows its public key (XS-PRIVATE); else it is kept unused, since what a homeserver shows may
 * change back. Who holds the private master key has a verified identity (XS-OWN-VERIFIED).
 */
final class OwnIdentity implements AutoCloseable {
  private static final String PREFIX = "cross-signing";

  private final String userId;
  private final Identities identities;
  private final OwnSecretRows rows;
  private PrivateIdentity held;

  OwnIdentity(String userId, Identities identities, OwnSecretRows rows)
      throws CryptoStoreException {
    this.userId = userId;
    this.identities = identities;
    this.rows = rows;
    this.held = PrivateIdentity.load(rows, PREFIX);
  }

  String userId() {
    return userId;
  }

  Optional<UserIdentity> identity() throws CryptoStoreException {
    return identities.find(userId);
  }

  /** The public master key, if there is an identity. */
  Optional<Ed25519PublicKey> master() throws CryptoStoreException {
    return identity().map(known -> known.master().key());
  }

  /** Whether the identity is there and verified. */
  boolean isVerified() throws CryptoStoreException {
    Optional<UserIdentity> known = identity();
    return known.isPresent() && identities.stateOf(known.get()) == IdentityState.VERIFIED;
  }

  /** The private key, if it is held and counts (XS-PRIVATE). */
  Optional<Ed25519KeyPair> key(Usage usage) throws CryptoStoreException {
    Optional<Ed25519PublicKey> wanted = publicKey(usage);
    return held.key(usage).filter(key -> wanted.filter(key.publicKey()::equals).isPresent());
  }

  private Optional<Ed25519PublicKey> publicKey(Usage usage) throws CryptoStoreException {
    Optional<UserIdentity> known = identity();
    return switch (usage) {
      case MASTER -> known.map(UserIdentity::master).map(CrossSigningKey::key);
      case SELF_SIGNING -> known.map(UserIdentity::selfSigning).map(CrossSigningKey::key);
      case USER_SIGNING -> known.flatMap(UserIdentity::userSigning).map(CrossSigningKey::key);
    };
  }

  /** Whether every private key is held and counts. */
  boolean isComplete() throws CryptoStoreException {
    for (Usage usage : Usage.values()) {
      if (key(usage).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Returns a private key that counts, for a device of ours or for secret storage. */
  Optional<Secret> secret(Usage usage) throws CryptoStoreException {
    Optional<Ed25519KeyPair> key = key(usage);
    if (key.isEmpty()) {
      return Optional.empty();
    }
    byte[] seed = key.get().copySeed();
    try {
      return Optional.of(Secret.copyOf(SecretName.of(usage), seed));
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /** Keeps a private key, if it belongs to the identity (XS-IMPORT). */
  SecretImport importKey(Usage usage, Secret secret) throws CryptoStoreException {
    Optional<Ed25519PublicKey> wanted = publicKey(usage);
    if (wanted.isEmpty()) {
      return SecretImport.NO_IDENTITY;
    }
    Ed25519KeyPair key = pair(secret);
    if (!wanted.get().equals(key.publicKey())) {
      key.close();
      return SecretImport.DOES_NOT_MATCH;
    }
    held.put(rows, PREFIX, usage, key);
    verifyIfHeld();
    return SecretImport.IMPORTED;
  }

  private static Ed25519KeyPair pair(Secret secret) {
    byte[] seed = secret.copyBytes();
    try {
      return Ed25519KeyPair.fromSeed(seed);
    } catch (KeyFormatException e) {
      throw new IllegalStateException("a secret has 32 bytes", e);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /** Takes over private keys whose public side is {@code published}. */
  void replace(PrivateIdentity made, UserIdentity published) throws CryptoStoreException {
    PrivateIdentity before = held;
    held = made;
    made.store(rows, PREFIX);
    before.close();
    identities.put(published.withCompared());
  }

  /** Who holds the private master key needs nobody to compare it (XS-OWN-VERIFIED). */
  void verifyIfHeld() throws CryptoStoreException {
    Optional<UserIdentity> known = identity();
    if (known.isPresent() && key(Usage.MASTER).isPresent() && !known.get().isCompared()) {
      identities.put(known.get().withCompared());
    }
  }

  @Override
  public void close() {
    held.close();
  }
}
