package io.matrixrtc.benchmarks.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/** Writes an answer to {@code GET /room_keys/keys} with genuine keys, in bounded memory. */
final class GeneratedBackup {
  private static final int KEYS_IN_A_ROOM = 250;

  private final RandomSource random;
  private final BackupKey key;

  GeneratedBackup(long seed) {
    Random source = new Random(seed);
    this.random = source::nextBytes;
    this.key = BackupKey.generate(random);
  }

  /** What opens it; stays this object's. */
  BackupKey key() {
    return key;
  }

  void write(Path file, int keys) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file, UTF_8)) {
      out.write("{\"rooms\":{");
      for (int i = 0; i < keys; i++) {
        int room = i / KEYS_IN_A_ROOM;
        if (i % KEYS_IN_A_ROOM == 0) {
          out.write((i == 0 ? "" : "}},") + "\"!room" + room + ":example.org\":{\"sessions\":{");
        } else {
          out.write(',');
        }
        writeEntry(out, "!room" + room + ":example.org");
      }
      out.write((keys == 0 ? "" : "}}") + "}}");
    }
  }

  private void writeEntry(BufferedWriter out, String roomId) throws IOException {
    try (GroupSession session = GroupSession.generate(SessionConfig.V1, random);
        SessionKey first = session.sessionKey();
        InboundGroupSession inbound = InboundGroupSession.fromSessionKey(first, SessionConfig.V1);
        Ed25519KeyPair claimed = Ed25519KeyPair.generate(random)) {
      ExportedSessionKey exported = inbound.exportAtFirstKnownIndex();
      byte[] sender = new byte[Curve25519PublicKey.BYTES];
      random.nextBytes(sender);
      try (ExportedRoomKey roomKey =
          new ExportedRoomKey(
              new RoomKeyId(roomId, exported.sessionId()),
              Curve25519PublicKey.of(sender),
              Optional.of(claimed.publicKey()),
              false,
              exported)) {
        out.write(
            "\""
                + exported.sessionId()
                + "\":"
                + BackupEntry.seal(roomKey, key.publicKey(), random));
      }
    } catch (KeyFormatException e) {
      throw new IllegalStateException("a public key has 32 bytes", e);
    }
  }
}
