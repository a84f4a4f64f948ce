package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** How a passphrase becomes a key: Argon2id, version 1.3 (RFC 9106). */
final class KeyDerivation {
  static final int SALT_BYTES = 16;
  private static final int MEMORY_KIB = 64 * 1024;
  private static final int PASSES = 3;
  private static final int PARALLELISM = 1;

  /** More is not believed of a file: it would only cost memory and time (STORE-KDF). */
  static final int MAX_MEMORY_KIB = 1024 * 1024;

  static final int MAX_PASSES = 100;
  static final int MAX_PARALLELISM = 16;

  private final byte[] salt;
  private final int memoryKib;
  private final int passes;
  private final int parallelism;

  private KeyDerivation(byte[] salt, int memoryKib, int passes, int parallelism) {
    this.salt = salt;
    this.memoryKib = memoryKib;
    this.passes = passes;
    this.parallelism = parallelism;
  }

  /** Returns the derivation for a new store: 64 MiB, 3 passes, parallelism 1. */
  static KeyDerivation create(RandomSource random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new KeyDerivation(salt, MEMORY_KIB, PASSES, PARALLELISM);
  }

  /**
   * Returns the derivation that a store names.
   *
   * @throws IllegalArgumentException if it is none that was ever used
   */
  static KeyDerivation of(byte[] salt, int memoryKib, int passes, int parallelism) {
    if (salt.length != SALT_BYTES
        || !isWithin(8 * parallelism, memoryKib, MAX_MEMORY_KIB)
        || !isWithin(1, passes, MAX_PASSES)
        || !isWithin(1, parallelism, MAX_PARALLELISM)) {
      throw new IllegalArgumentException("key derivation: parameters out of range");
    }
    return new KeyDerivation(salt.clone(), memoryKib, passes, parallelism);
  }

  private static boolean isWithin(int lowest, int value, int highest) {
    return lowest <= value && value <= highest;
  }

  byte[] salt() {
    return salt.clone();
  }

  int memoryKib() {
    return memoryKib;
  }

  int passes() {
    return passes;
  }

  int parallelism() {
    return parallelism;
  }

  byte[] derive(byte[] passphrase) {
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withSalt(salt)
            .withMemoryAsKB(memoryKib)
            .withIterations(passes)
            .withParallelism(parallelism)
            .build());
    byte[] key = new byte[StateKey.BYTES];
    argon2.generateBytes(passphrase, key);
    return key;
  }
}
