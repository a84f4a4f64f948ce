package io.matrixrtc.benchmarks.machine;

import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.MemoryCryptoStore;

/** Where a machine keeps what must last. */
enum StoreKind {
  /** Maps. */
  MEMORY {
    @Override
    CryptoStore open() {
      return new MemoryCryptoStore();
    }
  };

  /** Opens a new, empty store. */
  abstract CryptoStore open() throws Exception;
}
