package io.matrixrtc.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.ExportedSessionKey;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.InboundGroupSession;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.MegolmException;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.SessionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A backup with genuine keys, the same ones for the same seed. */
final class SavedBackup {
  /** After version and index. */
  private static final int RATCHET_BYTE = 1 + 4;

  final BackupKey key;
  final ObjectNode answer = Json.newObject();
  private final ObjectNode rooms = answer.putObject("rooms");
  private final RandomSource random;

  SavedBackup(long seed) {
    Random source = new Random(seed);
    this.random = source::nextBytes;
    this.key = BackupKey.generate(random);
  }

  static SavedBackup of(int keys, int inRooms) {
    SavedBackup backup = new SavedBackup(keys);
    for (int i = 0; i < keys; i++) {
      backup.add("!room" + i % inRooms + ":example.org", i % 3);
    }
    return backup;
  }

  RoomKeyId add(String roomId, long index) {
    return add(roomId, index, exported -> exported, 0);
  }

  /** As {@link #add}, but said to be another device's. */
  RoomKeyId addOfOtherDevice(String roomId, long index) {
    return add(roomId, index, exported -> exported, 1);
  }

  /** As {@link #add}, but the session's ratchet is another one: a key that nobody can have made. */
  RoomKeyId addBent(String roomId, long index) {
    return add(roomId, index, SavedBackup::bent, 0);
  }

  private static ExportedSessionKey bent(ExportedSessionKey genuine) {
    byte[] bytes =
        Base64.getDecoder()
            .decode(genuine.toBase64() + "=".repeat(3 & -genuine.toBase64().length()));
    bytes[RATCHET_BYTE] ^= 1;
    try {
      return ExportedSessionKey.fromBase64(
          Base64.getEncoder().withoutPadding().encodeToString(bytes));
    } catch (MegolmException e) {
      throw new IllegalStateException(e);
    }
  }

  private RoomKeyId add(
      String roomId, long index, UnaryOperator<ExportedSessionKey> change, int otherDevice) {
    try (GroupSession session = GroupSession.generate(SessionConfig.V1, random);
        SessionKey first = session.sessionKey();
        InboundGroupSession inbound = InboundGroupSession.fromSessionKey(first, SessionConfig.V1)) {
      ExportedSessionKey exported = change.apply(inbound.exportAt(index));
      byte[] sender = new byte[Curve25519PublicKey.BYTES];
      random.nextBytes(sender);
      sender[0] ^= (byte) otherDevice;
      RoomKeyId id = new RoomKeyId(roomId, exported.sessionId());
      try (ExportedRoomKey roomKey =
          new ExportedRoomKey(
              id, Curve25519PublicKey.of(sender), Optional.empty(), false, exported)) {
        put(id, BackupEntry.seal(roomKey, key.publicKey(), random));
      }
      return id;
    } catch (MegolmException | KeyFormatException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An entry that cannot be used. */
  void addDamaged(String roomId, String sessionId) {
    put(new RoomKeyId(roomId, sessionId), Json.newObject().put("session_data", 1));
  }

  /** Takes a key out again. */
  void remove(RoomKeyId id) {
    ((ObjectNode) rooms.path(id.roomId()).path("sessions")).remove(id.sessionId());
  }

  private void put(RoomKeyId id, ObjectNode entry) {
    ObjectNode room =
        rooms.get(id.roomId()) instanceof ObjectNode known ? known : rooms.putObject(id.roomId());
    ObjectNode sessions =
        room.get("sessions") instanceof ObjectNode known ? known : room.putObject("sessions");
    sessions.set(id.sessionId(), entry);
  }

  Path writeTo(Path file) throws IOException {
    return Files.write(file, answer.toString().getBytes(UTF_8));
  }
}
