package io.matrixrtc.e2ee.sqlite;

import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.RowSeal;
import io.matrixrtc.e2ee.Sealed;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The store's own random key, which seals all values, itself sealed under the app's key or under
 * what Argon2id makes of a passphrase. That seal is the check of the secret (STORE-KEY).
 */
final class StoreKeyRow {
  private static final String KIND = "store key";
  private static final String FROM_KEY = "none";
  private static final String FROM_PASSPHRASE = "argon2id";

  private record Row(String kdf, Optional<KeyDerivation> derivation, Sealed sealed) {}

  private StoreKeyRow() {}

  /** Makes a key for a new store and writes its row. To be called in a transaction. */
  static StateKey create(Database database, StoreSecret secret, RandomSource random)
      throws CryptoStoreException {
    KeyDerivation derivation = KeyDerivation.create(random);
    StateKey made = StateKey.generate(random);
    byte[] bytes = made.copySecret();
    try (StateKey outer = secret.toKey(derivation)) {
      Sealed sealed = new RowSeal(outer, random).seal(bytes, KIND);
      database.update(
          "INSERT INTO store_key VALUES (1, ?, ?, ?, ?, ?, ?)",
          secret.isPassphrase() ? FROM_PASSPHRASE : FROM_KEY,
          derivation.salt(),
          derivation.memoryKib(),
          derivation.passes(),
          derivation.parallelism(),
          sealed.toBytes());
      return made;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * Opens the key of a store, of which nothing is changed.
   *
   * @throws CryptoStoreException.WrongKey if {@code secret} is not the store's
   */
  static StateKey open(Database database, Path file, StoreSecret secret, RandomSource random)
      throws CryptoStoreException {
    Row row =
        database
            .first(
                found ->
                    new Row(
                        found.getString(1),
                        derivation(
                            found.getBytes(2), found.getInt(3), found.getInt(4), found.getInt(5)),
                        Sealed.of(found.getBytes(6))),
                "SELECT kdf, salt, memory_kib, passes, parallelism, sealed FROM store_key")
            .orElseThrow(() -> damaged("no key"));
    if (!row.kdf.equals(secret.isPassphrase() ? FROM_PASSPHRASE : FROM_KEY)) {
      throw new CryptoStoreException.WrongKey(file.toString());
    }
    KeyDerivation derivation = row.derivation.orElseThrow(() -> damaged("key derivation"));
    try (StateKey outer = secret.toKey(derivation)) {
      byte[] bytes = new RowSeal(outer, random).open(row.sealed, KIND);
      try {
        return StateKey.copyOf(bytes);
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    } catch (CryptoStoreException.Unreadable e) {
      throw new CryptoStoreException.WrongKey(file.toString());
    }
  }

  private static Optional<KeyDerivation> derivation(
      byte[] salt, int memoryKib, int passes, int parallelism) {
    try {
      return Optional.of(KeyDerivation.of(salt, memoryKib, passes, parallelism));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static CryptoStoreException damaged(String what) {
    return new CryptoStoreException.Unreadable(KIND, new IllegalStateException(what));
  }
}
