package io.matrixrtc.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * The files of one device on disk: the store itself, {@code .key} with the key that it is sealed
 * under, {@code .spool} while a restore runs, and {@code .login} where there is a login.
 *
 * @param path the store
 */
record StoreFile(Path path) {
  Path key() {
    return beside(".key");
  }

  Path spool() {
    return beside(".spool");
  }

  Path login() {
    return beside(".login");
  }

  private Path beside(String ending) {
    return path.resolveSibling(path.getFileName() + ending);
  }

  /** Opens the store, or makes it with a key of its own. */
  SqliteCryptoStore open() throws CommandFailure {
    GivenFile.checkNoFolder(path, "--store");
    byte[] key = readKey();
    try (StoreSecret secret = StoreSecret.key(key)) {
      return SqliteCryptoStore.open(path, secret, RandomSource.secure());
    } catch (CryptoStoreException.InUse e) {
      throw new CommandFailure(
          "another program has " + path + " open. Wait for it to end, or stop it.");
    } catch (CryptoStoreException e) {
      throw new CommandFailure("the store does not open: " + e.getMessage());
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** As {@link #open}, for a store that must be there. */
  SqliteCryptoStore openExisting() throws CommandFailure {
    if (!Files.exists(path)) {
      throw new CommandFailure("there is no store " + path + ". Check --store.");
    }
    return open();
  }

  private byte[] readKey() throws CommandFailure {
    try {
      if (!Files.exists(key())) {
        if (Files.exists(path)) {
          throw new CommandFailure(
              path + " is there, but not " + key() + " with its key. Put that back.");
        }
        byte[] fresh = new byte[StoreSecret.KEY_BYTES];
        RandomSource.secure().nextBytes(fresh);
        OwnerFile.create(key(), Base64.getEncoder().encodeToString(fresh) + "\n");
        return fresh;
      }
      byte[] key = Base64.getDecoder().decode(Files.readString(key(), UTF_8).strip());
      if (key.length == StoreSecret.KEY_BYTES) {
        return key;
      }
    } catch (IOException e) {
      throw new CommandFailure("cannot read or make " + key() + ": " + e.getMessage());
    } catch (IllegalArgumentException e) {
      // no base64: said below
    }
    throw new CommandFailure(key() + " is no key of a store: want 32 bytes in base64.");
  }
}
