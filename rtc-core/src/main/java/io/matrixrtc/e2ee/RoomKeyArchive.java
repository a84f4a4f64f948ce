package io.matrixrtc.e2ee;

import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.SessionConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * All room keys that a machine holds, for backups and key files: brings keys in, takes them out
 * page by page, and remembers which ones a backup has. Rows of the caller's own are written in the
 * same transaction. Part of an {@link OlmMachine}, used like it, from one thread at a time; every
 * method has written what it changed when it returns.
 */
public final class RoomKeyArchive {
  private final CryptoStore store;
  private final RatchetSeal seal;
  private final RoomKeys roomKeys;
  private final UnitOfWork work;
  private final Commit commit;

  /** Writes what was changed. */
  @FunctionalInterface
  interface Commit {
    void run(RowChanges extra) throws CryptoStoreException;

    /** As the other one, of nothing but what can be had again (STORE-BULK). */
    default void runBulk(RowChanges extra) throws CryptoStoreException {
      run(extra);
    }
  }

  RoomKeyArchive(
      CryptoStore store, RatchetSeal seal, RoomKeys roomKeys, UnitOfWork work, Commit commit) {
    this.store = store;
    this.seal = seal;
    this.roomKeys = roomKeys;
    this.work = work;
    this.commit = commit;
  }

  /**
   * Brings keys in, thousands at a time, in one transaction. A key that is held is merged: the copy
   * that reads further back wins, and what is known of its owner stays (ROOM-MERGE).
   *
   * @param keys read, and still the caller's to close
   * @param backupVersion the backup they are from, which then has those that are held as they are
   *     there, and no longer those that read further back; so that a crash of the system may undo
   *     the merge (STORE-BULK); empty if they are from elsewhere
   * @param extra rows to write with them, and to lose with them
   */
  public RoomKeyImport merge(
      Collection<RoomKeyCopy> keys, Optional<String> backupVersion, ExtraWrites extra)
      throws CryptoStoreException {
    return merge(keys, backupVersion, result -> extra);
  }

  /** As the other one, with rows that depend on what the merge brought. */
  public RoomKeyImport merge(
      Collection<RoomKeyCopy> keys,
      Optional<String> backupVersion,
      Function<RoomKeyImport, ExtraWrites> extra)
      throws CryptoStoreException {
    int added = 0;
    int improved = 0;
    Map<RoomKeyId, RoomKey> held = roomKeys.find(keys.stream().map(RoomKeyCopy::id).toList());
    for (RoomKeyCopy key : keys) {
      Optional<RoomKey> before = Optional.ofNullable(held.get(key.id()));
      if (roomKeys.merge(imported(key), before)) {
        added += before.isPresent() ? 0 : 1;
        improved += before.isPresent() ? 1 : 0;
        roomKeys.find(key.id()).ifPresent(now -> held.put(key.id(), now)); // another copy may come
      }
      if (backupVersion.isPresent()) {
        mark(key, before.isEmpty(), backupVersion);
      }
    }
    RoomKeyImport result = new RoomKeyImport(added, improved, keys.size() - added - improved);
    RowChanges rows = extra.apply(result).sealed(seal.rows());
    if (backupVersion.isPresent()) {
      commit.runBulk(rows);
    } else {
      commit.run(rows);
    }
    return result;
  }

  private static RoomKey imported(RoomKeyCopy key) {
    InboundGroupSession session =
        InboundGroupSession.importExported(key.sessionKey(), SessionConfig.V1);
    return new RoomKey(
        new RoomKeyInfo(
            key.id(),
            key.senderKey(),
            key.claimedKey(),
            RoomKeySource.IMPORTED,
            SenderData.unknown(),
            key.sharedHistory(),
            key.firstKnownIndex()),
        session);
  }

  /**
   * The backup has this copy. What is held counts as being there if it is as good and of the same
   * session (BACKUP-MARK), and as missing there, whatever was put there before, if it reads further
   * back (BACKUP-WORSE).
   */
  private void mark(RoomKeyCopy key, boolean isNew, Optional<String> backupVersion)
      throws CryptoStoreException {
    if (isNew) {
      work.changes().backupMark(key.id(), backupVersion);
      return;
    }
    Optional<RoomKey> held = roomKeys.find(key.id());
    if (held.isEmpty() || !isConnected(held.get(), key)) {
      return;
    }
    RoomKeyInfo info = held.get().info();
    if (info.firstKnownIndex() < key.firstKnownIndex()) {
      work.changes().backupMark(key.id(), Optional.empty());
    } else if (info.firstKnownIndex() == key.firstKnownIndex()
        && info.sharedHistory() == key.sharedHistory()) {
      work.changes().backupMark(key.id(), backupVersion);
    }
  }

  private static boolean isConnected(RoomKey held, RoomKeyCopy key) {
    try (RoomKey copy = imported(key)) {
      return held.session().isConnectedTo(copy.session());
    }
  }

  /**
   * Up to {@code limit} keys that come after {@code after}, ordered by room id, then session id;
   * from the first one if that is empty. The caller closes them.
   */
  public List<RoomKeyCopy> export(Optional<RoomKeyId> after, int limit)
      throws CryptoStoreException {
    return copies(store.roomKeys(after, limit));
  }

  /** One key, if it is held. The caller closes it. */
  public Optional<RoomKeyCopy> find(RoomKeyId id) throws CryptoStoreException {
    Optional<StoredRoomKey> stored = store.roomKey(id);
    return stored.isPresent()
        ? Optional.of(copies(List.of(stored.get())).get(0))
        : Optional.empty();
  }

  /**
   * What is known of up to {@code limit} keys that come after {@code after}, in the order of {@link
   * #export}. Holds no secret.
   */
  public List<RoomKeyInfo> infos(Optional<RoomKeyId> after, int limit) throws CryptoStoreException {
    return store.roomKeys(after, limit).stream().map(StoredRoomKey::info).toList();
  }

  /** What is known of a key, if it is held. Holds no secret. */
  public Optional<RoomKeyInfo> info(RoomKeyId id) throws CryptoStoreException {
    return store.roomKey(id).map(StoredRoomKey::info);
  }

  /** What is known of those of these keys that are held. Holds no secret. */
  public Map<RoomKeyId, RoomKeyInfo> infos(Collection<RoomKeyId> ids) throws CryptoStoreException {
    Map<RoomKeyId, RoomKeyInfo> infos = new HashMap<>();
    store.roomKeys(ids).forEach((id, key) -> infos.put(id, key.info()));
    return infos;
  }

  /**
   * Up to {@code limit} keys that backup {@code version} has not got as they are held, in no order:
   * back them up, {@link #markBackedUp}, ask again. The caller closes them.
   */
  public List<RoomKeyCopy> notBackedUp(String version, int limit) throws CryptoStoreException {
    return copies(store.notBackedUp(version, limit));
  }

  /** How many keys there are, and how many of them backup {@code version} has. */
  public BackupCount backupCount(String version) throws CryptoStoreException {
    return store.backupCount(version);
  }

  /** The backup version that has a key as it is held; empty if none has. */
  public Optional<String> backupVersion(RoomKeyId id) throws CryptoStoreException {
    return store.backupVersion(id);
  }

  private List<RoomKeyCopy> copies(List<StoredRoomKey> stored) throws CryptoStoreException {
    List<RoomKeyCopy> copies = new ArrayList<>(stored.size());
    for (StoredRoomKey key : stored) {
      RoomKeyInfo info = key.info();
      try (InboundGroupSession session = seal.openGroupSession(key)) {
        copies.add(
            new RoomKeyCopy(
                info.id(),
                info.senderKey(),
                info.claimedKey(),
                info.sharedHistory(),
                session.exportAtFirstKnownIndex()));
      }
    }
    return copies;
  }

  /**
   * Notes that backup {@code version} has these keys. A key that became better since the copy was
   * taken is not marked (BACKUP-MARK).
   *
   * @param extra rows to write with it
   */
  public void markBackedUp(String version, Collection<RoomKeyCopy> keys, ExtraWrites extra)
      throws CryptoStoreException {
    for (RoomKeyCopy key : keys) {
      Optional<RoomKeyInfo> held = info(key.id());
      if (held.isPresent()
          && held.get().firstKnownIndex() == key.firstKnownIndex()
          && held.get().sharedHistory() == key.sharedHistory()) {
        work.changes().backupMark(key.id(), Optional.of(version));
      }
    }
    commit.run(extra.sealed(seal.rows()));
  }

  /**
   * Forgets keys, which can be had again elsewhere: that is the caller's to know. A key whose owner
   * is proven stays, as the proof cannot be had again (BACKUP-PROOF).
   *
   * @param extra rows to write with it
   * @return how many were forgotten
   */
  public int forget(Collection<RoomKeyId> ids, ExtraWrites extra) throws CryptoStoreException {
    int forgotten = 0;
    for (RoomKeyId id : ids) {
      if (info(id).filter(known -> known.source() == RoomKeySource.IMPORTED).isPresent()) {
        roomKeys.forget(id);
        forgotten++;
      }
    }
    commit.run(extra.sealed(seal.rows()));
    return forgotten;
  }

  /** Writes rows of the caller's own alone. */
  public void write(ExtraWrites extra) throws CryptoStoreException {
    commit.run(extra.sealed(seal.rows()));
  }

  /** A row of the caller's own. */
  public Optional<byte[]> row(RowKey key) throws CryptoStoreException {
    Optional<Sealed> value = store.extraRows().find(key);
    return value.isPresent()
        ? Optional.of(ExtraWrites.open(seal.rows(), new StoredRow(key, value.get())))
        : Optional.empty();
  }

  /**
   * Up to {@code limit} rows of the caller's own of one kind, ordered by scope, then name, that
   * come after {@code after}.
   */
  public Map<RowKey, byte[]> rows(String kind, Optional<RowKey> after, int limit)
      throws CryptoStoreException {
    Map<RowKey, byte[]> rows = new LinkedHashMap<>();
    for (StoredRow row : store.extraRows().of(kind, after, limit)) {
      rows.put(row.key(), ExtraWrites.open(seal.rows(), row));
    }
    return rows;
  }
}
