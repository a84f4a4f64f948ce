package io.matrixrtc.backup.archive;

import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.RoomKeyArchive;

/**
 * The way to the room keys, which belong to one thread: that of a client's machine, or the caller's
 * if there is none.
 */
public interface Archive {
  /** Something to do with the room keys. */
  @FunctionalInterface
  interface Use<T> {
    /** Runs where the room keys may be used; must not keep them. */
    T with(RoomKeyArchive keys) throws CryptoStoreException;
  }

  /** Runs {@code use} and returns what it returns. Blocks meanwhile. */
  <T> T use(Use<T> use) throws VaultException;

  /** Uses {@code keys} on the calling thread; only one at a time may call. */
  static Archive of(RoomKeyArchive keys) {
    return new Archive() {
      @Override
      public <T> T use(Use<T> use) throws VaultException {
        try {
          return use.with(keys);
        } catch (CryptoStoreException e) {
          throw new VaultException("the store failed: " + e.getMessage(), e);
        }
      }
    };
  }
}
