package io.matrixrtc.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.AccessToken;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.RefreshToken;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * A device on disk: {@code login.json} with its tokens, {@code crypto.db} with its keys, {@code
 * store.key} that opens them. All in one folder that nobody but its owner reads.
 */
public final class Profile {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Path folder;
  private final SecureRandom random = new SecureRandom();

  /** The device in {@code folder}, which need not be there yet. */
  public Profile(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  private Path loginFile() {
    return folder.resolve("login.json");
  }

  private Path keyFile() {
    return folder.resolve("store.key");
  }

  private Path storeFile() {
    return folder.resolve("crypto.db");
  }

  boolean isUsed() {
    return Files.exists(loginFile());
  }

  /**
   * The login that was kept.
   *
   * @throws CommandFailure if there is none
   */
  public MatrixSession login() throws CommandFailure {
    if (!isUsed()) {
      throw new CommandFailure(
          "nobody is logged in at "
              + folder
              + ". Run 'matrixrtc keys login --homeserver URL --user NAME' first, or name another"
              + " --profile.");
    }
    try {
      JsonNode kept = MAPPER.readTree(Files.readString(loginFile()));
      String refresh = kept.path("refreshToken").asText("");
      long expiresAt = kept.path("expiresAt").asLong(0);
      return new MatrixSession(
          URI.create(kept.path("homeserver").asText()),
          kept.path("user").asText(),
          kept.path("device").asText(),
          AccessToken.of(kept.path("accessToken").asText()),
          refresh.isEmpty() ? Optional.empty() : Optional.of(RefreshToken.of(refresh)),
          expiresAt == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expiresAt)));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          loginFile() + " is no login of this program. Name another --profile, and log in there.");
    }
  }

  /** Makes sure that a login can be kept here. */
  void prepare() throws CommandFailure {
    try {
      boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
      Files.createDirectories(folder, posix ? ownerOnly("rwx------") : new FileAttribute<?>[0]);
      if (!Files.exists(keyFile())) {
        byte[] key = new byte[StoreSecret.KEY_BYTES];
        random.nextBytes(key);
        write(keyFile(), key);
        Arrays.fill(key, (byte) 0);
      }
    } catch (IOException e) {
      throw new CommandFailure("cannot write to " + folder + ". Name another --profile.");
    }
  }

  /**
   * Keeps this login in place of the one before.
   *
   * @throws CommandFailure if it cannot be written
   */
  public void keep(MatrixSession login) throws CommandFailure {
    ObjectNode kept =
        MAPPER
            .createObjectNode()
            .put("homeserver", login.homeserver().toString())
            .put("user", login.userId())
            .put("device", login.deviceId())
            .put("accessToken", login.token().reveal());
    login.refreshToken().ifPresent(token -> kept.put("refreshToken", token.reveal()));
    login.expiresAt().ifPresent(at -> kept.put("expiresAt", at.toEpochMilli()));
    try {
      write(loginFile(), MAPPER.writeValueAsBytes(kept));
    } catch (IOException e) {
      throw new CommandFailure("cannot write " + loginFile() + ". Check the disk.");
    }
  }

  /**
   * Opens the device's keys; the caller closes them.
   *
   * @throws CommandFailure if they do not open, or another process has them open
   */
  public SqliteCryptoStore openStore() throws CommandFailure {
    byte[] key = new byte[0];
    try {
      key = Files.readAllBytes(keyFile());
      try (StoreSecret secret = StoreSecret.key(key)) {
        return SqliteCryptoStore.open(storeFile(), secret, random::nextBytes);
      }
    } catch (CryptoStoreException e) {
      throw new CommandFailure("the device's keys do not open: " + e.getMessage() + ".");
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          "cannot read "
              + keyFile()
              + ", which opens the device's keys. Restore it, or log in with another --profile.");
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Forgets the device, which is logged out. */
  void delete() throws CommandFailure {
    try {
      for (String name :
          new String[] {"login.json", "crypto.db", "crypto.db-wal", "crypto.db-shm", "store.key"}) {
        Files.deleteIfExists(folder.resolve(name));
      }
    } catch (IOException e) {
      throw new CommandFailure("logged out, but " + folder + " must be deleted by hand.");
    }
  }

  /** Writes beside the file and moves, so that there is always one whole copy. */
  private static void write(Path file, byte[] content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(fresh, ownerOnly("rw-------"));
    }
    Files.write(fresh, content);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileAttribute<?>[] ownerOnly(String permissions) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }
}
