package io.matrixrtc.backup.download;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.json.Json;

/** A backup as a server holds it. */
final class BackupServer {
  final BackupKey key = keyOfAll();
  final ObjectNode rooms = Json.newObject();
  private int count;

  /** The key of every such backup. */
  static BackupKey keyOfAll() {
    return BackupKey.generate(TestRandom.of(77));
  }

  /** The version of one that has so many entries. */
  static BackupVersion versionOf(BackupKey key, int count) {
    return new BackupVersion("1", BackupAuth.of(key.publicKey()), count, "e" + count);
  }

  BackupServer add(String roomId, long seed, long index) {
    try (ExportedRoomKey roomKey = TestKeys.roomKey(roomId, seed, index, false)) {
      add(
          roomId,
          roomKey.id().sessionId(),
          BackupEntry.seal(roomKey, key.publicKey(), TestRandom.of(seed)));
    }
    return this;
  }

  void add(String roomId, String sessionId, JsonNode entry) {
    rooms
        .withObject("/" + roomId.replace("~", "~0").replace("/", "~1"))
        .withObject("/sessions")
        .set(sessionId, entry);
    count++;
  }

  /**
   * {@code sessions} keys in {@code inRooms} rooms, and {@code bad} entries that cannot be used.
   */
  static BackupServer of(int sessions, int inRooms, int bad) {
    BackupServer server = new BackupServer();
    for (int i = 0; i < sessions; i++) {
      server.add("!room" + i % inRooms + ":example.org", i, i % 3);
    }
    for (int i = 0; i < bad; i++) {
      server.add("!room0:example.org", "bad" + i, Json.newObject().put("session_data", i));
    }
    return server;
  }

  byte[] answer() {
    ObjectNode answer = Json.newObject();
    answer.set("rooms", rooms);
    return answer.toString().getBytes(UTF_8);
  }

  BackupVersion version() {
    return version("e" + count);
  }

  BackupVersion version(String etag) {
    return new BackupVersion("1", BackupAuth.of(key.publicKey()), count, etag);
  }

  int count() {
    return count;
  }
}
