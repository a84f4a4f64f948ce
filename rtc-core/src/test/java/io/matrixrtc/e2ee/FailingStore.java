package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/** A store whose writes fail when told, leaving everything as it was. */
final class FailingStore implements CryptoStore {
  private final CryptoStore store;
  boolean fails;
  int writes;
  int identitiesWritten;
  int identityReads;
  Changes last = Changes.builder().build();

  FailingStore(CryptoStore store) {
    this.store = store;
  }

  @Override
  public Optional<StoredAccount> account() throws CryptoStoreException {
    return store.account();
  }

  @Override
  public Optional<Sealed> ownSecret(String name) throws CryptoStoreException {
    return store.ownSecret(name);
  }

  @Override
  public List<StoredSession> sessions(Curve25519PublicKey peer) throws CryptoStoreException {
    return store.sessions(peer);
  }

  @Override
  public Optional<Device> removedDevice(UserDevice device) throws CryptoStoreException {
    return store.removedDevice(device);
  }

  @Override
  public Map<String, Device> devices(String userId) throws CryptoStoreException {
    return store.devices(userId);
  }

  @Override
  public Optional<UserIdentity> identity(String userId) throws CryptoStoreException {
    identityReads++;
    return store.identity(userId);
  }

  @Override
  public Collection<UserIdentity> identities() throws CryptoStoreException {
    return store.identities();
  }

  @Override
  public Optional<StoredRoomKey> roomKey(RoomKeyId id) throws CryptoStoreException {
    return store.roomKey(id);
  }

  @Override
  public List<StoredRoomKey> roomKeysFrom(Curve25519PublicKey senderKey)
      throws CryptoStoreException {
    return store.roomKeysFrom(senderKey);
  }

  @Override
  public List<StoredRoomKey> roomKeys(Optional<RoomKeyId> after, int limit)
      throws CryptoStoreException {
    return store.roomKeys(after, limit);
  }

  @Override
  public List<StoredRoomKey> notBackedUp(String version, int limit) throws CryptoStoreException {
    return store.notBackedUp(version, limit);
  }

  @Override
  public Optional<String> backupVersion(RoomKeyId id) throws CryptoStoreException {
    return store.backupVersion(id);
  }

  @Override
  public BackupCount backupCount(String version) throws CryptoStoreException {
    return store.backupCount(version);
  }

  @Override
  public StoredRows roomRows() {
    return store.roomRows();
  }

  @Override
  public StoredRows extraRows() {
    return store.extraRows();
  }

  @Override
  public Optional<WithheldRoomKey> withheld(RoomKeyId id) throws CryptoStoreException {
    return store.withheld(id);
  }

  @Override
  public Optional<String> decryptedEvent(RoomKeyId id, long index) throws CryptoStoreException {
    return store.decryptedEvent(id, index);
  }

  @Override
  public Optional<Long> lastDecryptedIndex(RoomKeyId id) throws CryptoStoreException {
    return store.lastDecryptedIndex(id);
  }

  @Override
  public SortedSet<Long> inboxIds() throws CryptoStoreException {
    return store.inboxIds();
  }

  @Override
  public List<StoredInboxEvent> inboxEvents(long after, int limit) throws CryptoStoreException {
    return store.inboxEvents(after, limit);
  }

  @Override
  public long lastInboxId() throws CryptoStoreException {
    return store.lastInboxId();
  }

  @Override
  public Map<String, Boolean> trackedUsers() throws CryptoStoreException {
    return store.trackedUsers();
  }

  @Override
  public boolean hasMessageHash(String hash) throws CryptoStoreException {
    return store.hasMessageHash(hash);
  }

  @Override
  public Optional<String> syncToken() throws CryptoStoreException {
    return store.syncToken();
  }

  @Override
  public void write(Changes changes, RowChanges extra) throws CryptoStoreException {
    if (fails) {
      throw new CryptoStoreException.Unavailable("disk full", new IOException());
    }
    writes++;
    last = changes;
    identitiesWritten += changes.identities().size();
    store.write(changes, extra);
  }

  @Override
  public void erase() throws CryptoStoreException {
    store.erase();
  }

  @Override
  public void close() {
    store.close();
  }
}
