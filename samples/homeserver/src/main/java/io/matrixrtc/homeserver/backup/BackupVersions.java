package io.matrixrtc.homeserver.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.Optional;

/**
 * HS-BACKUP-VERSIONS: the backup versions of users. They count from 1 and are never used again; the
 * current one is the highest that is not deleted.
 */
final class BackupVersions {
  /**
   * A version.
   *
   * @param etag raised by each change of the entries
   * @param count number of entries
   */
  record Version(String algorithm, ObjectNode authData, long etag, long count, boolean deleted) {
    Version withAuthData(ObjectNode other) {
      return new Version(algorithm, other, etag, count, deleted);
    }

    Version changed(long added) {
      return new Version(algorithm, authData, etag + 1, count + added, deleted);
    }

    Version gone() {
      return new Version(algorithm, authData, etag, 0, true);
    }
  }

  private static final TableSpec<Version> SPEC =
      TableSpec.of("backup_versions", Version.class, "user_id", "#version");

  private final Table<Version> table;

  BackupVersions(Storage storage) {
    this.table = Table.open(storage, SPEC);
  }

  /** Makes a version, which is the current one then. */
  long create(String userId, String algorithm, ObjectNode authData) {
    long last =
        table.scan(Range.of(userId).descending().limit(1)).stream()
            .map(row -> row.key().number(1))
            .findFirst()
            .orElse(0L);
    put(userId, last + 1, new Version(algorithm, authData, 0, 0, false));
    return last + 1;
  }

  Optional<Long> current(String userId) {
    return table.scan(Range.of(userId).descending()).stream()
        .filter(row -> !row.value().deleted())
        .map(row -> row.key().number(1))
        .findFirst();
  }

  /** The version, deleted or not. */
  Optional<Version> ever(String userId, long version) {
    return table.get(userId, version);
  }

  Optional<Version> get(String userId, long version) {
    return ever(userId, version).filter(v -> !v.deleted());
  }

  void put(String userId, long version, Version row) {
    table.put(row, userId, version);
  }
}
