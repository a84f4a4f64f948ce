package io.matrixrtc.homeserver.storage;

import io.matrixrtc.homeserver.store.MemoryStorage;
import io.matrixrtc.homeserver.store.Storage;

class MemoryStorageTest implements StorageContract {
  @Override
  public Storage open() {
    return new MemoryStorage();
  }

  @Override
  public Storage reopen(Storage closed) {
    return closed;
  }
}
