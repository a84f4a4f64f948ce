package io.matrixrtc.e2ee;

import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.olm.RandomSource;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteCryptoStoreTest implements CryptoStoreContract {
  @TempDir Path folder;

  @Override
  public CryptoStore open() throws Exception {
    return SqliteCryptoStore.open(
        folder.resolve("store.db"), StoreSecret.key(new byte[32]), RandomSource.secure());
  }
}
