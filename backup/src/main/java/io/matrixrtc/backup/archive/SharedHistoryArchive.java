package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault.Merged;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.sharing.Forwarder;
import io.matrixrtc.backup.sharing.WithheldHistory;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RoomKeyCopy;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyImport;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.RoomKeySource;
import io.matrixrtc.e2ee.RowKey;
import io.matrixrtc.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The keys of single rooms in the crypto store, with what bundles say beside them: who passed a key
 * on, and which ones are withheld. A batch of keys and the rows about it are one transaction.
 */
public final class SharedHistoryArchive {
  /** Keys in one transaction. */
  static final int BATCH_KEYS = 500;

  private static final String FORWARDER = "history forwarder";
  private static final String WITHHELD = "history withheld";
  private static final String FETCHED = "history fetched";

  /** Sorts before every session id, which are base64. */
  private static final String BEFORE_ALL_SESSIONS = "!";

  private final Archive archive;

  /** Uses the room keys behind {@code archive}. */
  public SharedHistoryArchive(Archive archive) {
    this.archive = archive;
  }

  /** All keys of a room; the caller closes them. */
  public List<ExportedRoomKey> keysOf(String roomId) throws VaultException {
    List<ExportedRoomKey> keys = new ArrayList<>();
    RoomKeyId after = new RoomKeyId(roomId, BEFORE_ALL_SESSIONS);
    while (true) {
      RoomKeyId from = after;
      List<RoomKeyCopy> page = archive.use(room -> room.export(Optional.of(from), BATCH_KEYS));
      boolean more = page.size() == BATCH_KEYS;
      for (RoomKeyCopy copy : page) {
        if (copy.id().roomId().equals(roomId)) {
          keys.add(Copies.exported(copy));
          after = copy.id();
        } else {
          more = false;
          copy.close();
        }
      }
      if (!more) {
        return keys;
      }
    }
  }

  /**
   * Imports the keys of a bundle, and remembers who passed on those that were not held before
   * (BUNDLE-FORWARDER). They stay the caller's.
   */
  public Merged merge(List<ExportedRoomKey> keys, Forwarder forwarder) throws VaultException {
    int imported = 0;
    for (int from = 0; from < keys.size(); from += BATCH_KEYS) {
      List<ExportedRoomKey> batch = keys.subList(from, Math.min(keys.size(), from + BATCH_KEYS));
      RoomKeyImport result =
          archive.use(
              room -> room.merge(Copies.of(batch), Optional.empty(), rows(room, batch, forwarder)));
      imported += result.added() + result.improved();
    }
    return new Merged(imported, keys.size() - imported);
  }

  private static ExtraWrites rows(
      RoomKeyArchive room, List<ExportedRoomKey> batch, Forwarder forwarder)
      throws CryptoStoreException {
    ObjectNode json =
        Json.newObject().put("user", forwarder.userId()).put("device", forwarder.deviceId());
    forwarder.masterKey().ifPresent(key -> json.put("master", key));
    byte[] row = json.toString().getBytes(UTF_8);
    ExtraWrites rows = new ExtraWrites();
    for (ExportedRoomKey key : batch) {
      if (room.info(key.id()).isEmpty()) {
        rows.put(new RowKey(FORWARDER, key.id().roomId(), key.id().sessionId()), row);
      }
      rows.forget(new RowKey(WITHHELD, key.id().roomId(), key.id().sessionId()));
    }
    return rows;
  }

  /** Who passed a key on; empty if nobody did, or its owner has given it to us since. */
  public Optional<Forwarder> forwarder(RoomKeyId id) throws VaultException {
    return archive.use(
        room -> {
          Optional<RoomKeyInfo> info = room.info(id);
          Optional<byte[]> row = room.row(new RowKey(FORWARDER, id.roomId(), id.sessionId()));
          if (row.isEmpty()
              || info.filter(known -> known.source() == RoomKeySource.IMPORTED).isEmpty()) {
            return Optional.empty();
          }
          ObjectNode json = ArchiveSharingStore.parse(row.get(), FORWARDER);
          return Optional.of(
              new Forwarder(
                  json.path("user").asText(),
                  json.path("device").asText(),
                  Optional.ofNullable(json.path("master").textValue())));
        });
  }

  /** Remembers that keys are withheld; those that are held are not noted. */
  public void saveWithheld(List<WithheldHistory> notes) throws VaultException {
    archive.use(
        room -> {
          ExtraWrites rows = new ExtraWrites();
          for (WithheldHistory note : notes) {
            if (room.info(note.id()).isEmpty()) {
              rows.put(
                  new RowKey(WITHHELD, note.id().roomId(), note.id().sessionId()),
                  note.toJson().toString().getBytes(UTF_8));
            }
          }
          room.write(rows);
          return true;
        });
  }

  /** The note that a key is withheld: "history not shared". */
  public Optional<WithheldHistory> withheld(RoomKeyId id) throws VaultException {
    return archive.use(
        room -> {
          Optional<byte[]> row = room.row(new RowKey(WITHHELD, id.roomId(), id.sessionId()));
          return row.isPresent()
              ? WithheldHistory.parse(ArchiveSharingStore.parse(row.get(), WITHHELD))
              : Optional.empty();
        });
  }

  /** What of a room is withheld from us, to be passed on. */
  public List<WithheldHistory> withheldOf(String roomId) throws VaultException {
    return archive.use(
        room -> {
          List<WithheldHistory> notes = new ArrayList<>();
          for (ObjectNode row : ArchiveSharingStore.rows(room, WITHHELD).values()) {
            WithheldHistory.parse(row)
                .filter(note -> note.id().roomId().equals(roomId))
                .ifPresent(notes::add);
          }
          return Collections.unmodifiableList(notes);
        });
  }

  /** The backup version that all keys of a room were brought from, if they were. */
  public Optional<String> fetchedFrom(String roomId) throws VaultException {
    return archive.use(
        room -> room.row(new RowKey(FETCHED, roomId, "")).map(row -> new String(row, UTF_8)));
  }

  /** Remembers that all keys of a room were brought from a backup version. */
  public void saveFetched(String roomId, String version) throws VaultException {
    archive.use(
        room -> {
          room.write(
              new ExtraWrites().put(new RowKey(FETCHED, roomId, ""), version.getBytes(UTF_8)));
          return true;
        });
  }

  /** Forgets that all keys of a room were brought. */
  public void forgetFetched(String roomId) throws VaultException {
    archive.use(
        room -> {
          room.write(new ExtraWrites().forget(new RowKey(FETCHED, roomId, "")));
          return true;
        });
  }
}
