package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.KeyChanges.Kind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;

/**
 * The cross-signing identities of all users, and what follows from them and our user's decisions.
 * Loaded from the store when needed.
 *
 * <p>Whoever is verified is marked as verified before, at the moment at which it becomes so
 * (XS-LATCH): when its keys arrive, when our user compared them, and when our own identity, whose
 * signature counts, becomes verified.
 */
final class Identities {
  /** As many users' identities, or their lack, are kept in memory. */
  static final int MAX_IN_MEMORY = 5_000;

  private final String ownUser;
  private final CryptoStore store;
  private final UnitOfWork work;
  private final KeyChangeLog log;
  private final Map<String, Optional<UserIdentity>> loaded = new LinkedHashMap<>(16, 0.75f, true);

  /** Signatures that were checked; the objects know no equals but their own identity. */
  private final Map<Object, Checked> checked = new WeakHashMap<>();

  private record Checked(CrossSigningKey signer, boolean valid) {}

  Identities(String ownUser, CryptoStore store, UnitOfWork work, KeyChangeLog log) {
    this.ownUser = ownUser;
    this.store = store;
    this.work = work;
    this.log = log;
  }

  Optional<UserIdentity> find(String userId) throws CryptoStoreException {
    Optional<UserIdentity> identity = loaded.get(userId);
    if (identity == null) {
      identity = store.identity(userId);
      loaded.put(userId, identity);
    }
    return identity;
  }

  IdentityState stateOf(UserIdentity identity) throws CryptoStoreException {
    if (isVerified(identity)) {
      return IdentityState.VERIFIED;
    }
    if (identity.verifiedBefore()) {
      return IdentityState.VERIFICATION_VIOLATION;
    }
    return identity.isPinned() || isOwn(identity)
        ? IdentityState.UNVERIFIED
        : IdentityState.PIN_VIOLATION;
  }

  /**
   * Whether our user compared the identity, or our own, verified, identity has signed it
   * (XS-VERIFIED).
   */
  private boolean isVerified(UserIdentity identity) throws CryptoStoreException {
    if (identity.isCompared()) {
      return true;
    }
    Optional<UserIdentity> own = isOwn(identity) ? Optional.empty() : find(ownUser);
    return own.isPresent()
        && own.get().isCompared()
        && own.get().userSigning().isPresent()
        && isSigned(own.get().userSigning().get(), identity.master());
  }

  /** Whether our own identity has signed the user's master key, verified or not. */
  boolean isSignedByOurs(UserIdentity identity) throws CryptoStoreException {
    Optional<CrossSigningKey> signer = find(ownUser).flatMap(UserIdentity::userSigning);
    return signer.isPresent() && isSigned(signer.get(), identity.master());
  }

  /** All identities. Only when everything is written. */
  Collection<UserIdentity> all() throws CryptoStoreException {
    return store.identities();
  }

  private boolean isOwn(UserIdentity identity) {
    return identity.userId().equals(ownUser);
  }

  /** Whether the identity's owner signed the device with it (XS-DEVICE). */
  boolean isCrossSigned(SignedDeviceKeys device, UserIdentity owner) {
    Checked before = checked.get(device);
    if (before == null || before.signer() != owner.selfSigning()) {
      CrossSigningKey signer = owner.selfSigning();
      before =
          new Checked(signer, signer.userId().equals(device.userId()) && signer.hasSigned(device));
      checked.put(device, before);
    }
    return before.valid();
  }

  private boolean isSigned(CrossSigningKey signer, CrossSigningKey key) {
    Checked before = checked.get(key);
    if (before == null || before.signer() != signer) {
      before = new Checked(signer, signer.hasSigned(key));
      checked.put(key, before);
    }
    return before.valid();
  }

  /** Keeps a new or changed identity. */
  void put(UserIdentity changed) throws CryptoStoreException {
    UserIdentity identity = latched(changed);
    Optional<UserIdentity> before = find(identity.userId());
    if (before.isPresent() && before.get().isSameAs(identity)) {
      return;
    }
    replace(identity);
    if (isOwn(identity)) {
      latchOthers();
    }
  }

  /** Our own identity has changed: whoever is verified through it now is marked so. */
  private void latchOthers() throws CryptoStoreException {
    Set<String> users = new TreeSet<>(loaded.keySet());
    store.identities().forEach(stored -> users.add(stored.userId()));
    for (String userId : users) {
      Optional<UserIdentity> known = find(userId);
      if (known.isPresent() && !known.get().verifiedBefore() && isVerified(known.get())) {
        replace(known.get().withVerifiedBefore());
      }
    }
  }

  private UserIdentity latched(UserIdentity identity) throws CryptoStoreException {
    return !identity.verifiedBefore() && isVerified(identity)
        ? identity.withVerifiedBefore() // XS-LATCH
        : identity;
  }

  private void replace(UserIdentity identity) throws CryptoStoreException {
    log.identity(identity.userId(), find(identity.userId()).isEmpty() ? Kind.NEW : Kind.CHANGED);
    loaded.put(identity.userId(), Optional.of(identity));
    work.changes().identity(identity);
  }

  /** Lets go of what was not used lately. Only when everything is written. */
  void trim() {
    var eldest = loaded.entrySet().iterator();
    while (loaded.size() > MAX_IN_MEMORY && eldest.hasNext()) {
      eldest.next();
      eldest.remove();
    }
  }
}
