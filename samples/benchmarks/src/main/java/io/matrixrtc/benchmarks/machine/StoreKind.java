package io.matrixrtc.benchmarks.machine;

import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;

/** Where a machine keeps what must last. */
enum StoreKind {
  /** Maps. */
  MEMORY {
    @Override
    OpenStore open() {
      StateKey key = StateKey.generate(RandomSource.secure());
      return new OpenStore(new MemoryCryptoStore(), key, key::close);
    }
  },

  /** A database in a temporary directory, which goes when it is closed. */
  SQLITE {
    @Override
    OpenStore open() throws Exception {
      TemporaryDirectory directory = new TemporaryDirectory();
      RandomSource random = RandomSource.secure();
      byte[] key = new byte[StoreSecret.KEY_BYTES];
      random.nextBytes(key);
      try (StoreSecret secret = StoreSecret.key(key)) {
        SqliteCryptoStore store =
            SqliteCryptoStore.open(directory.path().resolve("crypto.db"), secret, random);
        return new OpenStore(store, store.stateKey(), directory::close);
      }
    }
  };

  /**
   * A store and the key to seal with.
   *
   * @param last what is to be done once the store is closed
   */
  record OpenStore(CryptoStore store, StateKey key, Runnable last) implements AutoCloseable {
    @Override
    public void close() {
      store.close();
      last.run();
    }
  }

  /** Opens a new, empty store. */
  abstract OpenStore open() throws Exception;
}
