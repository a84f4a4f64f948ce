package io.matrixrtc.benchmarks.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Writes an answer to {@code GET /room_keys/keys} with genuine keys, in bounded memory and on all
 * cores. A smaller one of the same seed is the beginning of a larger one.
 */
final class GeneratedBackup {
  /** Every room has so many, but the last one, which may have fewer. */
  static final int KEYS_IN_A_ROOM = 250;

  private static final int ROOMS_AT_ONCE = 16;

  private final long seed;
  private final BackupKey key;

  GeneratedBackup(long seed) {
    this.seed = seed;
    Random random = new Random(seed);
    this.key = BackupKey.generate(random::nextBytes);
  }

  /** What opens it; stays this object's. */
  BackupKey key() {
    return key;
  }

  void write(Path file, int keys) throws IOException {
    int rooms = (keys + KEYS_IN_A_ROOM - 1) / KEYS_IN_A_ROOM;
    try (BufferedWriter out = Files.newBufferedWriter(file, UTF_8)) {
      out.write("{\"rooms\":{");
      for (int first = 0; first < rooms; first += ROOMS_AT_ONCE) {
        List<String> written =
            IntStream.range(first, Math.min(rooms, first + ROOMS_AT_ONCE))
                .parallel()
                .mapToObj(
                    room -> room(room, Math.min(KEYS_IN_A_ROOM, keys - room * KEYS_IN_A_ROOM)))
                .toList();
        out.write(first == 0 ? "" : ",");
        out.write(String.join(",", written));
      }
      out.write("}}");
    }
  }

  /**
   * The keys of a room that is full, in the order of the answer.
   *
   * @param room from 0 on
   */
  List<RoomKeyId> ids(int room) {
    try {
      JsonNode rooms = Json.parseObject("{" + room(room, KEYS_IN_A_ROOM) + "}");
      String roomId = rooms.fieldNames().next();
      List<RoomKeyId> ids = new ArrayList<>();
      rooms
          .path(roomId)
          .path("sessions")
          .fieldNames()
          .forEachRemaining(session -> ids.add(new RoomKeyId(roomId, session)));
      return ids;
    } catch (MalformedJsonException e) {
      throw new IllegalStateException("what we write is JSON", e);
    }
  }

  private String room(int number, int keys) {
    Random random = new Random(seed * 1_000_003 + number);
    String roomId = "!room" + number + ":example.org";
    StringBuilder out = new StringBuilder("\"" + roomId + "\":{\"sessions\":{");
    for (int i = 0; i < keys; i++) {
      out.append(i == 0 ? "" : ",");
      writeEntry(out, roomId, random::nextBytes);
    }
    return out.append("}}").toString();
  }

  private void writeEntry(StringBuilder out, String roomId, RandomSource random) {
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
        out.append('"').append(exported.sessionId()).append("\":");
        out.append(BackupEntry.seal(roomKey, key.publicKey(), random));
      }
    } catch (KeyFormatException e) {
      throw new IllegalStateException("a public key has 32 bytes", e);
    }
  }
}
