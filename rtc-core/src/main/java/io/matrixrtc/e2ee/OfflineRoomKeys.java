package io.matrixrtc.e2ee;

import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;

/**
 * The room keys of a store without a machine: for tools that bring keys in or take them out while
 * no client runs, and need no device for that. The store may be new, or one that a device uses at
 * other times. Used from one thread at a time.
 */
public final class OfflineRoomKeys implements AutoCloseable {
  private final CryptoStore store;
  private final UnitOfWork work = new UnitOfWork();
  private final RoomKeys roomKeys;
  private final RoomKeyArchive archive;
  private boolean failed;

  private OfflineRoomKeys(CryptoStore store, StateKey key, RandomSource random) {
    RatchetSeal seal = new RatchetSeal(key, random);
    this.store = store;
    this.roomKeys = new RoomKeys(store, seal, work);
    this.archive = new RoomKeyArchive(store, seal, roomKeys, work, new Commit());
  }

  /**
   * Opens them.
   *
   * @param store used until this is closed, which does not close it; by nobody else meanwhile
   * @param key opens and seals what is stored; used as long
   */
  public static OfflineRoomKeys open(CryptoStore store, StateKey key, RandomSource random) {
    return new OfflineRoomKeys(store, key, random);
  }

  /** The room keys. */
  public RoomKeyArchive keys() {
    return archive;
  }

  /** Writes to the store. */
  private final class Commit implements RoomKeyArchive.Commit {
    @Override
    public void run(RowChanges extra) throws CryptoStoreException {
      commit(store::write, extra);
    }

    @Override
    public void runBulk(RowChanges extra) throws CryptoStoreException {
      commit(store::writeBulk, extra);
    }
  }

  /** One of the two ways to write. */
  @FunctionalInterface
  private interface Write {
    void write(Changes changes, RowChanges extra) throws CryptoStoreException;
  }

  private void commit(Write write, RowChanges extra) throws CryptoStoreException {
    if (failed) {
      throw new IllegalStateException("the store failed: open the room keys again");
    }
    failed = true; // until everything is written, whatever is thrown
    Changes changes = work.drainRoomKeys();
    if (!changes.isEmpty() || !extra.rows().isEmpty()) {
      write.write(changes, extra);
    }
    failed = false;
    roomKeys.takeArrived(); // nobody waits for events here
    roomKeys.trim();
  }

  /** Wipes all keys in memory; the store stays open. */
  @Override
  public void close() {
    roomKeys.close();
  }
}
