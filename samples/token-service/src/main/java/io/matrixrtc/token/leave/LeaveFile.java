package io.matrixrtc.token.leave;

import io.matrixrtc.token.DelayedLeave;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delegated leaves on disk, so that a restart of the service forgets none (LEAVE-FILE): one
 * JSON object a line, in a file that its owner alone may read, as it holds delay ids.
 */
final class LeaveFile {
  private static final Logger LOG = LoggerFactory.getLogger(LeaveFile.class);

  private final Path file;

  LeaveFile(Path file) {
    this.file = file;
  }

  /** One leave, as far as it must be known to go on with it. */
  record Entry(String roomAlias, String identity, DelayedLeave leave, String serverName) {}

  /** Reads what was written last; nothing if there is no file. Lines of another shape are left. */
  List<Entry> read() throws IOException {
    List<Entry> entries = new ArrayList<>();
    if (!Files.exists(file)) {
      return entries;
    }
    for (String line : Files.readAllLines(file)) {
      try {
        JsonObject object = new JsonObject(line);
        entries.add(
            new Entry(
                text(object, "room"),
                text(object, "identity"),
                new DelayedLeave(text(object, "delayId"), Duration.ofMillis(millis(object))),
                text(object, "server")));
      } catch (DecodeException | IllegalArgumentException | ClassCastException e) {
        LOG.warn("a line of the file of delegated leaves is none, and is left out");
      }
    }
    return entries;
  }

  private static long millis(JsonObject object) {
    Long value = object.getLong("delayMs");
    if (value == null) {
      throw new IllegalArgumentException("no delay");
    }
    return value;
  }

  private static String text(JsonObject object, String name) {
    String value = object.getString(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("no " + name);
    }
    return value;
  }

  /** Replaces the file by these. */
  void write(Collection<Entry> entries) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    List<String> lines = new ArrayList<>();
    for (Entry entry : entries) {
      lines.add(
          new JsonObject()
              .put("room", entry.roomAlias())
              .put("identity", entry.identity())
              .put("delayId", entry.leave().delayId())
              .put("delayMs", entry.leave().delay().toMillis())
              .put("server", entry.serverName())
              .encode());
    }
    Files.write(fresh, lines);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
