package io.matrixrtc.media;

/** One step of a key's ratchet: the material, which leads to later steps, and the AES key. */
final class Generation {
  private final int number;
  private final KeyMaterial material;
  private final FrameKey frameKey;

  private Generation(int number, KeyMaterial material, FrameKey frameKey) {
    this.number = number;
    this.material = material;
    this.frameKey = frameKey;
  }

  /** Generation 0 of {@code material}, which it copies. */
  static Generation first(KeyMaterial material, byte[] salt, int keyBits) {
    KeyMaterial own = material.copy();
    return new Generation(0, own, own.frameKey(salt, keyBits));
  }

  Generation next(byte[] salt, int keyBits) {
    KeyMaterial next = material.next(salt);
    return new Generation(number + 1, next, next.frameKey(salt, keyBits));
  }

  int number() {
    return number;
  }

  KeyMaterial material() {
    return material;
  }

  FrameKey frameKey() {
    return frameKey;
  }

  void destroy() {
    material.destroy();
    frameKey.destroy();
  }
}
