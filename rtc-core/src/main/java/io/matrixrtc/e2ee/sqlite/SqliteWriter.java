package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.e2ee.Changes;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.InboxChanges;
import io.matrixrtc.e2ee.LocalTrust;
import io.matrixrtc.e2ee.Sealed;
import io.matrixrtc.e2ee.StoredAccount;
import io.matrixrtc.e2ee.StoredInboxEvent;
import io.matrixrtc.e2ee.StoredSession;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.UserIdentity;
import java.util.Map;
import java.util.Optional;

/** Writes changes, inside a transaction of the caller. */
final class SqliteWriter {
  private final Database database;
  private final SealedRows rows;
  private final SqliteRoomKeys roomKeys;
  private final SqliteMessageHashes hashes;

  SqliteWriter(
      Database database, SealedRows rows, SqliteRoomKeys roomKeys, SqliteMessageHashes hashes) {
    this.database = database;
    this.rows = rows;
    this.roomKeys = roomKeys;
    this.hashes = hashes;
  }

  void write(Changes changes) throws CryptoStoreException {
    if (changes.account().isPresent()) {
      write(changes.account().get());
    }
    writeOwnSecrets(changes);
    writeSessions(changes);
    writeDevices(changes);
    for (UserIdentity identity : changes.identities()) {
      database.update(
          "INSERT OR REPLACE INTO identity VALUES (?, ?)",
          identity.userId(),
          rows.seal(StoredText.of(identity), SealedRows.IDENTITY, identity.userId()));
    }
    roomKeys.write(changes.roomKeys());
    write(changes.inbox());
    for (Map.Entry<String, Boolean> user : changes.trackedUsers().entrySet()) {
      database.update(
          "INSERT OR REPLACE INTO tracked_user VALUES (?, ?)",
          user.getKey(),
          user.getValue() ? 1 : 0);
    }
    for (String user : changes.untrackedUsers()) {
      database.update("DELETE FROM tracked_user WHERE user_id = ?", user);
    }
    hashes.write(changes.messageHashes());
    if (changes.syncToken().isPresent()) {
      putValue("sync token", rows.seal(changes.syncToken().get(), SealedRows.SYNC_TOKEN));
    }
  }

  private void putValue(String name, byte[] sealed) throws CryptoStoreException {
    database.update("INSERT OR REPLACE INTO single_value VALUES (?, ?)", name, sealed);
  }

  private void write(StoredAccount account) throws CryptoStoreException {
    putValue("account", account.account().toBytes());
    putValue("account facts", rows.seal(StoredText.of(account), SealedRows.ACCOUNT_FACTS));
  }

  private void writeOwnSecrets(Changes changes) throws CryptoStoreException {
    for (Map.Entry<String, Optional<Sealed>> secret : changes.ownSecrets().entrySet()) {
      if (secret.getValue().isPresent()) {
        database.update(
            "INSERT OR REPLACE INTO own_secret VALUES (?, ?)",
            secret.getKey(),
            secret.getValue().get().toBytes());
      } else {
        database.update("DELETE FROM own_secret WHERE name = ?", secret.getKey());
      }
    }
  }

  private void writeSessions(Changes changes) throws CryptoStoreException {
    for (StoredSession session : changes.sessions()) {
      database.update(
          "INSERT INTO olm_session (peer, session_id, created_at, last_received_at, sealed)"
              + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (peer, session_id) DO UPDATE SET"
              + " created_at = excluded.created_at,"
              + " last_received_at = excluded.last_received_at, sealed = excluded.sealed",
          session.peer().toBytes(),
          session.sessionId(),
          session.createdAt(),
          session.lastReceivedAt(),
          session.session().toBytes());
    }
    for (StoredSession.Key key : changes.removedSessions()) {
      database.update(
          "DELETE FROM olm_session WHERE peer = ? AND session_id = ?",
          key.peer().toBytes(),
          key.sessionId());
    }
  }

  private void writeDevices(Changes changes) throws CryptoStoreException {
    for (Device device : changes.devices()) {
      String user = device.keys().userId();
      String id = device.keys().deviceId();
      database.update("INSERT OR REPLACE INTO device VALUES (?, ?, ?)", user, id, sealed(device));
      database.update("DELETE FROM removed_device WHERE user_id = ? AND device_id = ?", user, id);
    }
    for (UserDevice removed : changes.removedDevices()) {
      byte[] row =
          database
              .first(
                  found -> found.getBytes(1),
                  "SELECT sealed FROM device WHERE user_id = ? AND device_id = ?",
                  removed.userId(),
                  removed.deviceId())
              .orElse(null);
      if (row != null) {
        bury(rows.open(row, StoredText::device, SealedRows.DEVICE, name(removed)));
        database.update(
            "DELETE FROM device WHERE user_id = ? AND device_id = ?",
            removed.userId(),
            removed.deviceId());
      }
    }
    for (Device device : changes.tombstones()) {
      bury(device);
    }
    if (!changes.removedDevices().isEmpty() || !changes.tombstones().isEmpty()) {
      database.update( // DEV-TOMBSTONES
          "DELETE FROM removed_device WHERE decided = 0 AND position <= (SELECT position FROM"
              + " removed_device WHERE decided = 0 ORDER BY position DESC LIMIT 1 OFFSET ?)",
          CryptoStore.MAX_REMOVED_DEVICES);
    }
  }

  private void bury(Device device) throws CryptoStoreException {
    database.update(
        "INSERT OR REPLACE INTO removed_device (user_id, device_id, decided, sealed)"
            + " VALUES (?, ?, ?, ?)",
        device.keys().userId(),
        device.keys().deviceId(),
        device.localTrust() == LocalTrust.UNSET ? 0 : 1,
        sealed(device));
  }

  private byte[] sealed(Device device) {
    return rows.seal(StoredText.of(device), SealedRows.DEVICE, name(device.address()));
  }

  private static String[] name(UserDevice device) {
    return new String[] {device.userId(), device.deviceId()};
  }

  private void write(InboxChanges changes) throws CryptoStoreException {
    long last = 0;
    for (StoredInboxEvent event : changes.received()) {
      database.update(
          "INSERT OR REPLACE INTO inbox VALUES (?, ?)", event.id(), event.event().toBytes());
      last = Math.max(last, event.id());
    }
    if (last > 0) {
      database.update("UPDATE inbox_last SET last = max(last, ?)", last);
    }
    for (Long id : changes.acknowledged()) {
      database.update("DELETE FROM inbox WHERE id = ?", id);
    }
  }
}
