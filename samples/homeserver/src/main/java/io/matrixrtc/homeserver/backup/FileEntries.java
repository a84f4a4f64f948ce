package io.matrixrtc.homeserver.backup;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a file that holds an answer to {@code GET /room_keys/keys}, however large: only
 * the places of the rooms are kept in memory. The whole backup is given as it stands in the file.
 */
public final class FileEntries implements EntrySource {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private final long count;

  private FileEntries(Path file) throws IOException {
    this.file = file;
    this.count = index();
  }

  /**
   * Reads through the file once.
   *
   * @throws IOException if it does not read, or is no such answer
   */
  public static FileEntries open(Path file) throws IOException {
    return new FileEntries(file);
  }

  private long index() throws IOException {
    long entries = 0;
    try (JsonParser json = JSON.createParser(Files.newInputStream(file))) {
      expect(json, JsonToken.START_OBJECT);
      descend(json, "rooms");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String room = json.currentName();
        expect(json, JsonToken.START_OBJECT);
        offsets.put(room, json.currentTokenLocation().getByteOffset());
        descend(json, "sessions");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          expect(json, JsonToken.START_OBJECT);
          json.skipChildren();
          entries++;
        }
        expect(json, JsonToken.END_OBJECT);
      }
      return entries;
    }
  }

  private static void descend(JsonParser json, String name) throws IOException {
    if (json.nextToken() != JsonToken.FIELD_NAME || !json.currentName().equals(name)) {
      throw new IOException("not a backup: want " + name + " at " + json.currentLocation());
    }
    expect(json, JsonToken.START_OBJECT);
  }

  private static void expect(JsonParser json, JsonToken token) throws IOException {
    if (json.nextToken() != token) {
      throw new IOException("not a backup: want " + token + " at " + json.currentLocation());
    }
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public List<String> rooms() {
    return List.copyOf(offsets.keySet());
  }

  @Override
  public Iterator<BackupEntry> entries(String roomId) {
    Long offset = offsets.get(roomId);
    return offset == null ? List.<BackupEntry>of().iterator() : new Room(offset);
  }

  @Override
  public Optional<BackupEntry> entry(String roomId, String sessionId) {
    Long offset = offsets.get(roomId);
    if (offset == null) {
      return Optional.empty();
    }
    try (Room room = new Room(offset)) {
      while (room.hasNext()) {
        BackupEntry entry = room.next();
        if (entry.sessionId().equals(sessionId)) {
          return Optional.of(entry);
        }
      }
      return Optional.empty();
    }
  }

  @Override
  public Optional<InputStream> whole() {
    try {
      return Optional.of(Files.newInputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Room implements Iterator<BackupEntry>, AutoCloseable {
    private final JsonParser json;
    private @Nullable BackupEntry next;

    Room(long offset) {
      try {
        InputStream in = Files.newInputStream(file);
        in.skipNBytes(offset);
        json = JSON.createParser(in);
        expect(json, JsonToken.START_OBJECT);
        descend(json, "sessions");
        next = read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private @Nullable BackupEntry read() throws IOException {
      if (json.nextToken() != JsonToken.FIELD_NAME) {
        json.close();
        return null;
      }
      String sessionId = json.currentName();
      json.nextToken();
      JsonNode entry = json.readValueAsTree();
      return new BackupEntry(sessionId, entry.toString());
    }

    @Override
    public void close() {
      try {
        json.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public BackupEntry next() {
      BackupEntry given = next;
      if (given == null) {
        throw new NoSuchElementException();
      }
      try {
        next = read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return given;
    }
  }
}
