package io.matrixrtc.e2ee;

class MemoryCryptoStoreTest implements CryptoStoreContract {
  @Override
  public CryptoStore open() {
    return new MemoryCryptoStore();
  }
}
