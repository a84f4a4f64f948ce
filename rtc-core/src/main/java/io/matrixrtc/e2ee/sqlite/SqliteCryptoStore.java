package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.e2ee.BackupCount;
import io.matrixrtc.e2ee.Changes;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RowChanges;
import io.matrixrtc.e2ee.RowSeal;
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
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A store in one SQLite file, with a {@code -wal}, a {@code -shm} and a {@code .lock} file beside
 * it. Each {@link #write} is one transaction, on disk when it returns (WAL, {@code
 * synchronous=FULL}). Values are sealed under a random key of the store's own ({@link #stateKey}),
 * which is sealed under the app's {@link StoreSecret}; the names of rows are not (see
 * docs/SECURITY.md). Only one process, and there only one object, has a store open at a time.
 *
 * <p>One thread uses it at a time. Any thread may close it: what it interrupts ends whole, and what
 * comes after fails with {@link CryptoStoreException.Closed} (STORE-CLOSE).
 *
 * <pre>{@code
 * try (StoreSecret secret = StoreSecret.passphrase(passphrase);
 *     SqliteCryptoStore store = SqliteCryptoStore.open(file, secret, RandomSource.secure())) {
 *   OlmMachine machine = OlmMachine.open(device, settings, store, store.stateKey(), random);
 * }
 * }</pre>
 */
public final class SqliteCryptoStore implements CryptoStore {
  private final StoreLease lease;
  private final Database database;
  private final StateKey key;
  private final SealedRows rows;
  private final SqliteRoomKeys roomKeys;
  private final SqliteRows extraRows;
  private final SqliteMessageHashes hashes;
  private final SqliteWriter writer;
  private boolean closed;

  private SqliteCryptoStore(
      StoreLease lease, Database database, StateKey key, RandomSource random) {
    this.lease = lease;
    this.database = database;
    this.key = key;
    this.rows = new SealedRows(new RowSeal(key, random));
    this.roomKeys = new SqliteRoomKeys(database, rows);
    this.extraRows = new SqliteRows(database, "backup_row");
    this.hashes = new SqliteMessageHashes(database);
    this.writer = new SqliteWriter(database, rows, roomKeys, hashes);
  }

  /**
   * Opens the store at {@code file}, or makes it. The folder must exist, and must be on a disk of
   * this machine: SQLite's files do not stand network file systems.
   *
   * @param secret opens the store; may be closed when this returns
   * @param random where keys and IVs come from; used as long as the store is open
   * @throws CryptoStoreException.InUse if another process or object has it open
   * @throws CryptoStoreException.WrongKey if it was made with another secret; it is unchanged
   * @throws CryptoStoreException.NewerSchema if a newer version wrote it; it is unchanged
   * @throws CryptoStoreException.Unavailable if the disk or database fails
   */
  public static SqliteCryptoStore open(Path file, StoreSecret secret, RandomSource random)
      throws CryptoStoreException {
    Path real = realPath(file);
    StoreLease lease = StoreLease.take(real);
    boolean opened = false;
    try {
      SqliteCryptoStore store = open(real, secret, random, lease);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        lease.close();
      }
    }
  }

  private static SqliteCryptoStore open(
      Path file, StoreSecret secret, RandomSource random, StoreLease lease)
      throws CryptoStoreException {
    create(file);
    Database database = Database.open(file);
    boolean opened = false;
    try {
      int version = Schema.versionOf(database);
      Schema.check(file, version);
      StateKey[] key = new StateKey[1];
      if (version > 0) {
        key[0] = StoreKeyRow.open(database, file, secret, random);
      }
      database.configure();
      if (version < Schema.VERSION) {
        database.transaction(
            () -> {
              Schema.upgrade(database, version);
              if (version == 0) {
                key[0] = StoreKeyRow.create(database, secret, random);
              }
            });
      }
      opened = true;
      return new SqliteCryptoStore(lease, database, key[0], random);
    } finally {
      if (!opened) {
        database.close();
      }
    }
  }

  /** One name for one file, whatever links lead to it: the lease goes by it. */
  private static Path realPath(Path file) throws CryptoStoreException {
    Path absolute = file.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (folder == null || absolute.toString().contains("?")) {
      throw new IllegalArgumentException("store: want the path of a file, without '?'");
    }
    try {
      return absolute.toFile().exists()
          ? absolute.toRealPath()
          : folder.toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      throw new CryptoStoreException.Unavailable("store " + file + ": no such folder", e);
    }
  }

  private static void create(Path file) throws CryptoStoreException {
    try {
      OwnerOnly.create(file); // SQLite gives its other files the same permissions
    } catch (IOException e) {
      throw new CryptoStoreException.Unavailable("cannot create the store " + file, e);
    }
  }

  /** The key that the machine of this store seals with. Belongs to the store, which wipes it. */
  public StateKey stateKey() {
    return key;
  }

  @Override
  public Optional<StoredAccount> account() throws CryptoStoreException {
    Optional<byte[]> keys = value("account");
    Optional<byte[]> facts = value("account facts");
    if (keys.isEmpty() || facts.isEmpty()) {
      return Optional.empty();
    }
    Sealed sealed = Sealed.of(keys.get());
    return Optional.of(
        rows.open(
            facts.get(), lines -> StoredText.account(lines, sealed), SealedRows.ACCOUNT_FACTS));
  }

  private Optional<byte[]> value(String name) throws CryptoStoreException {
    return database.first(
        row -> row.getBytes(1), "SELECT sealed FROM single_value WHERE name = ?", name);
  }

  @Override
  public Optional<Sealed> ownSecret(String name) throws CryptoStoreException {
    return database.first(
        row -> Sealed.of(row.getBytes(1)), "SELECT sealed FROM own_secret WHERE name = ?", name);
  }

  @Override
  public List<StoredSession> sessions(Curve25519PublicKey peer) throws CryptoStoreException {
    return database.query(
        row ->
            new StoredSession(
                peer,
                row.getString(1),
                Instant.parse(row.getString(2)),
                Instant.parse(row.getString(3)),
                Sealed.of(row.getBytes(4))),
        "SELECT session_id, created_at, last_received_at, sealed FROM olm_session WHERE peer = ?"
            + " ORDER BY position",
        peer.toBytes());
  }

  @Override
  public Map<String, Device> devices(String userId) throws CryptoStoreException {
    Map<String, Device> devices = new HashMap<>();
    for (Device device :
        database.query(
            row -> device(row, userId),
            "SELECT device_id, sealed FROM device WHERE user_id = ?",
            userId)) {
      devices.put(device.keys().deviceId(), device);
    }
    return devices;
  }

  private Device device(ResultSet row, String userId) throws SQLException, CryptoStoreException {
    return rows.open(
        row.getBytes(2), StoredText::device, SealedRows.DEVICE, userId, row.getString(1));
  }

  @Override
  public Optional<Device> removedDevice(UserDevice device) throws CryptoStoreException {
    return database.first(
        row -> device(row, device.userId()),
        "SELECT device_id, sealed FROM removed_device WHERE user_id = ? AND device_id = ?",
        device.userId(),
        device.deviceId());
  }

  @Override
  public Optional<UserIdentity> identity(String userId) throws CryptoStoreException {
    return database.first(
        this::identity, "SELECT user_id, sealed FROM identity WHERE user_id = ?", userId);
  }

  @Override
  public Collection<UserIdentity> identities() throws CryptoStoreException {
    return database.query(this::identity, "SELECT user_id, sealed FROM identity");
  }

  private UserIdentity identity(ResultSet row) throws SQLException, CryptoStoreException {
    return rows.open(row.getBytes(2), StoredText::identity, SealedRows.IDENTITY, row.getString(1));
  }

  @Override
  public Optional<StoredRoomKey> roomKey(RoomKeyId id) throws CryptoStoreException {
    return roomKeys.roomKey(id);
  }

  @Override
  public Map<RoomKeyId, StoredRoomKey> roomKeys(Collection<RoomKeyId> ids)
      throws CryptoStoreException {
    return roomKeys.roomKeys(ids);
  }

  @Override
  public List<StoredRoomKey> roomKeysFrom(Curve25519PublicKey senderKey)
      throws CryptoStoreException {
    return roomKeys.roomKeysFrom(senderKey);
  }

  @Override
  public List<StoredRoomKey> roomKeys(Optional<RoomKeyId> after, int limit)
      throws CryptoStoreException {
    return roomKeys.roomKeys(after, limit);
  }

  @Override
  public List<StoredRoomKey> notBackedUp(String version, int limit) throws CryptoStoreException {
    return roomKeys.notBackedUp(version, limit);
  }

  @Override
  public Optional<String> backupVersion(RoomKeyId id) throws CryptoStoreException {
    return roomKeys.backupVersion(id);
  }

  @Override
  public BackupCount backupCount(String version) throws CryptoStoreException {
    return roomKeys.backupCount(version);
  }

  @Override
  public StoredRows roomRows() {
    return roomKeys.roomRows();
  }

  @Override
  public StoredRows extraRows() {
    return extraRows;
  }

  @Override
  public Optional<WithheldRoomKey> withheld(RoomKeyId id) throws CryptoStoreException {
    return roomKeys.withheld(id);
  }

  @Override
  public Optional<String> decryptedEvent(RoomKeyId id, long index) throws CryptoStoreException {
    return roomKeys.decryptedEvent(id, index);
  }

  @Override
  public Optional<Long> lastDecryptedIndex(RoomKeyId id) throws CryptoStoreException {
    return roomKeys.lastDecryptedIndex(id);
  }

  @Override
  public SortedSet<Long> inboxIds() throws CryptoStoreException {
    return new TreeSet<>(database.query(row -> row.getLong(1), "SELECT id FROM inbox"));
  }

  @Override
  public List<StoredInboxEvent> inboxEvents(long after, int limit) throws CryptoStoreException {
    return database.query(
        row -> new StoredInboxEvent(row.getLong(1), Sealed.of(row.getBytes(2))),
        "SELECT id, sealed FROM inbox WHERE id > ? ORDER BY id LIMIT ?",
        after,
        limit);
  }

  @Override
  public long lastInboxId() throws CryptoStoreException {
    return database.first(row -> row.getLong(1), "SELECT last FROM inbox_last").orElse(0L);
  }

  @Override
  public Map<String, Boolean> trackedUsers() throws CryptoStoreException {
    Map<String, Boolean> users = new HashMap<>();
    database
        .query(
            row -> Map.entry(row.getString(1), row.getInt(2) != 0),
            "SELECT user_id, outdated FROM tracked_user")
        .forEach(user -> users.put(user.getKey(), user.getValue()));
    return users;
  }

  @Override
  public boolean hasMessageHash(String hash) throws CryptoStoreException {
    return hashes.contains(hash);
  }

  @Override
  public Optional<String> syncToken() throws CryptoStoreException {
    Optional<byte[]> sealed = value("sync token");
    return sealed.isPresent()
        ? Optional.of(rows.open(sealed.get(), lines -> lines[0], SealedRows.SYNC_TOKEN))
        : Optional.empty();
  }

  @Override
  public void write(Changes changes, RowChanges extra) throws CryptoStoreException {
    write(changes, () -> database.transaction(() -> writeNow(changes, extra)));
  }

  @Override
  public void writeBulk(Changes changes, RowChanges extra) throws CryptoStoreException {
    write(changes, () -> database.bulkTransaction(() -> writeNow(changes, extra)));
  }

  private void write(Changes changes, Database.Work transaction) throws CryptoStoreException {
    boolean done = false;
    synchronized (database) { // no question may come between the commit and the memory of it
      try {
        transaction.run();
        hashes.written(changes.messageHashes());
        done = true;
      } finally {
        if (!done) {
          hashes.forget();
        }
      }
    }
  }

  private void writeNow(Changes changes, RowChanges extra) throws CryptoStoreException {
    writer.write(changes);
    extraRows.write(extra);
  }

  @Override
  public void erase() throws CryptoStoreException {
    database.transaction(
        () -> {
          List<String> tables =
              database.query(
                  row -> row.getString(1),
                  "SELECT name FROM sqlite_schema WHERE type = 'table'"
                      + " AND name NOT IN ('store_key', 'inbox_last')");
          for (String table : tables) {
            database.execute("DELETE FROM " + table);
          }
          database.execute("UPDATE inbox_last SET last = 0");
        });
    hashes.forget();
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)"); // the log holds what was deleted
  }

  /**
   * How SQLite treats the file, as it says itself: {@code journal_mode}, {@code synchronous} (2 is
   * FULL), {@code busy_timeout} (milliseconds), {@code wal_autocheckpoint} (pages), {@code
   * journal_size_limit} (bytes) and {@code cache_size} (KiB, negative). For diagnosis.
   */
  public Map<String, String> settings() throws CryptoStoreException {
    Map<String, String> settings = new HashMap<>();
    for (String name :
        List.of(
            "journal_mode",
            "synchronous",
            "busy_timeout",
            "wal_autocheckpoint",
            "journal_size_limit",
            "cache_size")) {
      settings.put(name, database.first(row -> row.getString(1), "PRAGMA " + name).orElse(""));
    }
    return settings;
  }

  /** Closes the file, wipes the key and ends the lease. May be called twice. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      database.close();
      hashes.forget();
      key.close();
      lease.close();
    }
  }
}
