package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SealedStateException;
import io.matrixrtc.olm.Session;
import io.matrixrtc.olm.StateKey;

/**
 * Seals accounts, sessions and room keys for the store, and opens them again. Of the first there is
 * one; the others are sealed under the keys of their rows (STORE-ROW).
 */
final class RatchetSeal {
  private final StateKey key;
  private final RandomSource random;
  private final RowSeal rows;

  /** Borrows the key. */
  RatchetSeal(StateKey key, RandomSource random) {
    this.key = key;
    this.random = random;
    this.rows = new RowSeal(key, random);
  }

  Sealed seal(Account account) {
    return Sealed.of(account.seal(key, random));
  }

  /** Seals values of other kinds. */
  RowSeal rows() {
    return rows;
  }

  Sealed seal(StoredSession.Key name, Session session) {
    try (StateKey row = rowKey(name)) {
      return Sealed.of(session.seal(row, random));
    }
  }

  Sealed seal(RoomKeyId name, InboundGroupSession session) {
    try (StateKey row = rowKey(name)) {
      return Sealed.of(session.seal(row, random));
    }
  }

  Sealed sealOutbound(String roomId, GroupSession session) {
    try (StateKey row = rows.rowKey("outbound room session", roomId)) {
      return Sealed.of(session.seal(row, random));
    }
  }

  GroupSession openOutbound(String roomId, Sealed sealed) throws CryptoStoreException {
    try (StateKey row = rows.rowKey("outbound room session", roomId)) {
      return GroupSession.unseal(row, sealed.toBytes());
    } catch (SealedStateException e) {
      throw new CryptoStoreException.Unreadable("outbound room session", e);
    }
  }

  InboundGroupSession openGroupSession(StoredRoomKey stored) throws CryptoStoreException {
    try (StateKey row = rowKey(stored.id())) {
      return InboundGroupSession.unseal(row, stored.session().toBytes());
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

  Session openSession(StoredSession stored) throws CryptoStoreException {
    try (StateKey row = rowKey(stored.key())) {
      return Session.unseal(row, stored.session().toBytes(), random);
    } catch (SealedStateException e) {
      throw new CryptoStoreException.Unreadable("Olm session", e);
    }
  }

  private StateKey rowKey(StoredSession.Key name) {
    return rows.rowKey("Olm session", name.peer().toBase64(), name.sessionId());
  }

  private StateKey rowKey(RoomKeyId name) {
    return rows.rowKey("room key", name.roomId(), name.sessionId());
  }
}
