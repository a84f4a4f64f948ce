package io.matrixrtc.client;

import io.matrixrtc.e2ee.BackupCount;
import io.matrixrtc.e2ee.Changes;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RowChanges;
import io.matrixrtc.e2ee.Sealed;
import io.matrixrtc.e2ee.StoredAccount;
import io.matrixrtc.e2ee.StoredInboxEvent;
import io.matrixrtc.e2ee.StoredRoomKey;
import io.matrixrtc.e2ee.StoredRows;
import io.matrixrtc.e2ee.StoredSession;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.UserIdentity;
import io.matrixrtc.e2ee.WithheldRoomKey;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/** A store that takes nothing while it fails, at once or after some more writes. */
final class FailingStore implements CryptoStore {
  private final MemoryCryptoStore store = new MemoryCryptoStore();
  boolean fails;

  /** Begins to fail after so many more writes; negative for never. */
  int failsAfter = -1;

  @Override
  public Optional<StoredAccount> account() {
    return store.account();
  }

  @Override
  public Optional<Sealed> ownSecret(String name) throws CryptoStoreException {
    return store.ownSecret(name);
  }

  @Override
  public List<StoredSession> sessions(Curve25519PublicKey peer) {
    return store.sessions(peer);
  }

  @Override
  public Optional<Device> removedDevice(UserDevice device) {
    return store.removedDevice(device);
  }

  @Override
  public Map<String, Device> devices(String userId) {
    return store.devices(userId);
  }

  @Override
  public Optional<UserIdentity> identity(String userId) throws CryptoStoreException {
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
  public SortedSet<Long> inboxIds() {
    return store.inboxIds();
  }

  @Override
  public List<StoredInboxEvent> inboxEvents(long after, int limit) {
    return store.inboxEvents(after, limit);
  }

  @Override
  public long lastInboxId() {
    return store.lastInboxId();
  }

  @Override
  public Map<String, Boolean> trackedUsers() {
    return store.trackedUsers();
  }

  @Override
  public boolean hasMessageHash(String hash) {
    return store.hasMessageHash(hash);
  }

  @Override
  public Optional<String> syncToken() {
    return store.syncToken();
  }

  @Override
  public void write(Changes changes, RowChanges extra) throws CryptoStoreException {
    if (failsAfter-- == 0) {
      fails = true;
    }
    if (fails) {
      throw new CryptoStoreException.Unavailable("disk full", new IOException("disk full"));
    }
    store.write(changes, extra);
  }

  @Override
  public void erase() throws CryptoStoreException {
    if (fails) {
      throw new CryptoStoreException.Unavailable("disk full", new IOException("disk full"));
    }
    store.erase();
  }

  @Override
  public void close() {}
}
