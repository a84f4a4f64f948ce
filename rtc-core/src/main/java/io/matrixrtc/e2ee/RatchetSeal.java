package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SealedStateException;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.StateKey;

/** Seals accounts, sessions and room keys for the store, and opens them again. */
final class RatchetSeal {
  private final StateKey key;
  private final RandomSource random;

  /** Borrows the key. */
  RatchetSeal(StateKey key, RandomSource random) {
    this.key = key;
    this.random = random;
  }

  Sealed seal(Account account) {
    return Sealed.of(account.seal(key, random));
  }

  Sealed seal(Session session) {
    return Sealed.of(session.seal(key, random));
  }

  Sealed seal(InboundGroupSession session) {
    return Sealed.of(session.seal(key, random));
  }

  InboundGroupSession openGroupSession(Sealed sealed) throws CryptoStoreException {
    try {
      return InboundGroupSession.unseal(key, sealed.toBytes());
    } catch (SealedStateException e) {
      throw new CryptoStoreException.Unreadable("room key", e);
    }
  }

  Account openAccount(Sealed sealed) throws CryptoStoreException {
    try {
      return Account.unseal(key, sealed.toBytes(), random);
    } catch (SealedStateException e) {
      throw new CryptoStoreException.Unreadable("account", e);
    }
  }

  Session openSession(Sealed sealed) throws CryptoStoreException {
    try {
      return Session.unseal(key, sealed.toBytes(), random);
    } catch (SealedStateException e) {
      throw new CryptoStoreException.Unreadable("Olm session", e);
    }
  }
}
