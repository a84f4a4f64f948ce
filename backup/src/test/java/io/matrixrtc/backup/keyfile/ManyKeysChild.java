package io.matrixrtc.backup.keyfile;

import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.MegolmException;
import io.matrixrtc.olm.RandomSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes a key file of many sessions, brings it into a store on disk, and exports that again; in a
 * JVM of its own, with little memory.
 */
final class ManyKeysChild {
  private static final String PASSPHRASE = "words";
  private static final int ROOMS = 1_000;

  /** Version, index, ratchet, Ed25519 key. */
  private static final int EXPORT_BYTES = 1 + 4 + 128 + 32;

  private ManyKeysChild() {}

  /** Arguments: folder, number of keys, and "hold" to hold all keys of the file instead. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int count = Integer.parseInt(args[1]);
    Path file = folder.resolve("keys.txt");
    if (args.length > 2) {
      hold(file);
      return;
    }
    write(file, count);
    try (StoreSecret secret = StoreSecret.key(new byte[StoreSecret.KEY_BYTES]);
        SqliteCryptoStore store =
            SqliteCryptoStore.open(folder.resolve("keys.db"), secret, RandomSource.secure());
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure())) {
      ArchiveVault vault = new ArchiveVault(Archive.of(keys.keys()));
      KeyFileImport.Report report =
          KeyFileImport.run(() -> Files.newInputStream(file), PASSPHRASE, vault);
      System.out.printf(
          "imported %d, known %d, damaged %d%n",
          report.imported(), report.unchanged(), report.skippedCount());
      System.out.printf("in the store %d%n", keys.keys().backupCount("").total());
      try (OutputStream out = open(folder.resolve("again.txt"));
          KeyFileWriter writer = new KeyFileWriter(out, PASSPHRASE, RandomSource.secure(), 2)) {
        System.out.printf("exported %d%n", KeyFileExport.run(vault, kept -> true, writer));
        writer.finish();
      }
    }
  }

  private static OutputStream open(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file));
  }

  private static void write(Path file, int count) throws Exception {
    RandomSource random = TestRandom.of(1);
    byte[] sender = new byte[Curve25519PublicKey.BYTES];
    random.nextBytes(sender);
    Curve25519PublicKey device = Curve25519PublicKey.of(sender);
    try (OutputStream out = open(file);
        KeyFileWriter writer = new KeyFileWriter(out, PASSPHRASE, random, 2)) {
      for (int i = 0; i < count; i++) {
        try (ExportedRoomKey key = key("!room" + i % ROOMS + ":example.org", device, random)) {
          writer.write(key);
        }
      }
      writer.finish();
    }
  }

  /** A session that nobody has: any ratchet is one, and every other number names a public key. */
  private static ExportedRoomKey key(String room, Curve25519PublicKey device, RandomSource random) {
    byte[] bytes = new byte[EXPORT_BYTES];
    while (true) {
      random.nextBytes(bytes);
      bytes[0] = 1;
      try {
        ExportedSessionKey key = ExportedSessionKey.fromBase64(Base64Text.encode(bytes));
        return new ExportedRoomKey(
            new RoomKeyId(room, key.sessionId()), device, Optional.empty(), false, key);
      } catch (MegolmException e) {
        continue; // no point of the curve
      }
    }
  }

  private static void hold(Path file) throws IOException, KeyFileException {
    List<ExportedRoomKey> all = new ArrayList<>();
    KeyFileReader.read(
        () -> Files.newInputStream(file),
        PASSPHRASE,
        new KeyFileReader.Sink() {
          @Override
          public void key(ExportedRoomKey key) {
            all.add(key);
          }

          @Override
          public void skipped(long position, DamagedKeyException.Reason reason) {
            throw new AssertionError(reason);
          }
        });
    System.out.printf("held %d%n", all.size());
  }
}
