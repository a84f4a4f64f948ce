package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.download.DownloadJob;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RowKey;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.time.Instant;
import java.util.Optional;

/** The row of the download, as JSON. */
final class JobRow {
  static final RowKey KEY = new RowKey("backup job", "", "");

  private JobRow() {}

  static Optional<DownloadJob> read(RoomKeyArchive room) throws CryptoStoreException {
    Optional<byte[]> row = room.row(KEY);
    try {
      return row.isPresent() ? Optional.of(parse(Json.parseObject(row.get()))) : Optional.empty();
    } catch (MalformedJsonException | IllegalArgumentException e) {
      throw new CryptoStoreException.Unreadable("download job", e);
    }
  }

  private static DownloadJob parse(ObjectNode row) {
    return new DownloadJob(
        row.path("version").asText(),
        row.path("public_key").asText(),
        row.path("etag").asText(),
        row.path("count").asLong(),
        DownloadState.valueOf(row.path("state").asText()),
        row.path("whole").asBoolean(),
        row.path("seen").asLong(),
        row.path("checkpoint").asLong(),
        row.path("imported").asLong(),
        row.path("unchanged").asLong(),
        row.path("failed").asLong(),
        row.path("attempts").asInt(),
        row.path("owner").asText(),
        Instant.ofEpochMilli(row.path("lease_until").asLong()));
  }

  static byte[] write(DownloadJob job) {
    return Json.newObject()
        .put("version", job.version())
        .put("public_key", job.publicKey())
        .put("etag", job.etag())
        .put("count", job.count())
        .put("state", job.state().name())
        .put("whole", job.whole())
        .put("seen", job.seen())
        .put("checkpoint", job.checkpoint())
        .put("imported", job.imported())
        .put("unchanged", job.unchanged())
        .put("failed", job.failed())
        .put("attempts", job.attempts())
        .put("owner", job.owner())
        .put("lease_until", job.leaseUntil().toEpochMilli())
        .toString()
        .getBytes(UTF_8);
  }
}
