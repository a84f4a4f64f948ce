package io.matrixrtc.homeserver.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.store.Storage;
import java.util.Map;
import java.util.Optional;

/** What can be done with the backups of a user; each refusal is a Matrix error. */
final class Backups {
  private final BackupVersions versions;
  private final BackupKeys keys;
  private final BackupSemantics semantics;
  private final BackupControl control;

  Backups(Storage storage, BackupSemantics semantics, BackupControl control) {
    this.versions = new BackupVersions(storage);
    this.keys = new BackupKeys(storage, control);
    this.semantics = semantics;
    this.control = control;
  }

  String create(String userId, String algorithm, ObjectNode authData) {
    return Long.toString(versions.create(userId, algorithm, authData));
  }

  /** A version, or the current one. */
  ObjectNode info(String userId, Optional<String> wanted) {
    long version =
        wanted.isPresent()
            ? number(wanted.get())
            : versions.current(userId).orElseThrow(Backups::none);
    BackupVersions.Version row = existing(userId, version);
    ObjectNode info =
        Json.object()
            .put("algorithm", row.algorithm())
            .put(
                "count",
                control.source(userId, version).map(EntrySource::count).orElse(row.count()))
            .put("etag", Long.toString(row.etag()))
            .put("version", Long.toString(version));
    info.set("auth_data", row.authData());
    return info;
  }

  void update(
      String userId,
      String wanted,
      Optional<String> inBody,
      String algorithm,
      ObjectNode authData) {
    long version = number(wanted);
    if (inBody.isPresent() && !inBody.get().equals(wanted)) {
      throw MatrixException.invalidParam("Version in body does not match");
    }
    BackupVersions.Version row = existing(userId, version);
    if (!row.algorithm().equals(algorithm)) {
      throw MatrixException.invalidParam("Algorithm does not match");
    }
    versions.put(userId, version, row.withAuthData(authData));
  }

  /** Deletes a version with its entries; harmless if it is deleted already. */
  void delete(String userId, String wanted) {
    long version = number(wanted);
    BackupVersions.Version row = versions.ever(userId, version).orElseThrow(Backups::none);
    if (!row.deleted()) {
      keys.remove(userId, version, Optional.empty(), Optional.empty());
      versions.put(userId, version, row.gone());
    }
  }

  /** HS-BACKUP-ETAG: one upload raises the etag once, if it changed anything. */
  ObjectNode put(String userId, String wanted, Map<String, JsonNode> rooms) {
    long version = number(wanted);
    checkCurrent(userId, version);
    if (!isStored(userId, wanted)) {
      throw MatrixException.forbidden("This backup is served from a source and takes no uploads");
    }
    long added = 0;
    boolean changed = false;
    for (Map.Entry<String, JsonNode> room : rooms.entrySet()) {
      for (Map.Entry<String, JsonNode> session : room.getValue().properties()) {
        BackupKey uploaded = BackupKey.of(session.getValue());
        Optional<BackupKey> held = keys.get(userId, version, room.getKey(), session.getKey());
        if (held.isEmpty() || semantics.replaces(held.get(), uploaded)) {
          boolean fresh = keys.put(userId, version, room.getKey(), session.getKey(), uploaded);
          added += fresh ? 1 : 0;
          changed = true;
        }
      }
    }
    BackupVersions.Version row = existing(userId, version);
    if (changed) {
      row = row.changed(added);
      versions.put(userId, version, row);
    }
    return changes(row);
  }

  /** Removes entries of any version that exists; the etag is raised even if there were none. */
  ObjectNode remove(
      String userId, String wanted, Optional<String> roomId, Optional<String> sessionId) {
    long version = number(wanted);
    BackupVersions.Version row = existing(userId, version);
    int removed = keys.remove(userId, version, roomId, sessionId);
    row = row.changed(-removed);
    versions.put(userId, version, row);
    return changes(row);
  }

  /** The entries of a version; 404 if it does not exist. */
  EntrySource entries(String userId, String wanted) {
    long version = number(wanted);
    existing(userId, version);
    return control.source(userId, version).orElseGet(() -> keys.of(userId, version));
  }

  /** Whether reads of the version are answered from the storage. */
  boolean isStored(String userId, String wanted) {
    return control.source(userId, number(wanted)).isEmpty();
  }

  // HS-BACKUP-WRONG-VERSION
  private void checkCurrent(String userId, long version) {
    long current = versions.current(userId).orElseThrow(() -> unknown(version));
    if (current == version) {
      return;
    }
    existing(userId, version);
    long told = semantics == BackupSemantics.SYNAPSE ? version : current;
    throw MatrixException.of(
        ErrorCode.M_WRONG_ROOM_KEYS_VERSION.status(),
        ErrorCode.M_WRONG_ROOM_KEYS_VERSION,
        "Wrong room_keys version",
        Json.object().put("current_version", Long.toString(told)));
  }

  private BackupVersions.Version existing(String userId, long version) {
    return versions.get(userId, version).orElseThrow(() -> unknown(version));
  }

  private static ObjectNode changes(BackupVersions.Version row) {
    return Json.object().put("etag", Long.toString(row.etag())).put("count", row.count());
  }

  private static long number(String version) {
    if (!version.matches("[0-9]{1,18}")) {
      throw MatrixException.notFound("Unknown backup version");
    }
    return Long.parseLong(version);
  }

  private static MatrixException unknown(long version) {
    return MatrixException.notFound("Unknown backup version " + version);
  }

  private static MatrixException none() {
    return MatrixException.notFound("No backup found");
  }
}
