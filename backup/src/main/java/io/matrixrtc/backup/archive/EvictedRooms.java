package io.matrixrtc.backup.archive;

import io.matrixrtc.backup.ondemand.Eviction;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RoomKeyCopy;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RowKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rooms whose keys are only fetched when a message wants one, and how they go from here. While a
 * room is one, the download of everything does not bring its keys back (EVICT-STAY).
 */
public final class EvictedRooms {
  private static final String KIND = "evicted room";
  private static final int PAGE = 500;

  private final Archive archive;

  /** Keeps them behind {@code archive}. */
  public EvictedRooms(Archive archive) {
    this.archive = archive;
  }

  private static RowKey row(String roomId) {
    return new RowKey(KIND, roomId, "");
  }

  /** Makes a room one of them. */
  public void add(String roomId) throws VaultException {
    write(new ExtraWrites().put(row(roomId), new byte[] {1}));
  }

  /** Makes a room an ordinary one: its keys come back with the next download. */
  public void remove(String roomId) throws VaultException {
    write(new ExtraWrites().forget(row(roomId)));
  }

  private void write(ExtraWrites rows) throws VaultException {
    archive.use(
        room -> {
          room.write(rows);
          return true;
        });
  }

  /** All of them. */
  public Set<String> all() throws VaultException {
    return archive.use(
        room -> {
          Set<String> rooms = new LinkedHashSet<>();
          Optional<RowKey> after = Optional.empty();
          while (true) {
            Map<RowKey, byte[]> page = room.rows(KIND, after, PAGE);
            for (RowKey row : page.keySet()) {
              rooms.add(row.scope());
              after = Optional.of(row);
            }
            if (page.size() < PAGE) {
              return rooms;
            }
          }
        });
  }

  static boolean isEvicted(RoomKeyArchive room, String roomId) throws CryptoStoreException {
    return room.row(row(roomId)).isPresent();
  }

  /**
   * Forgets those keys that the backup has, by {@link Eviction}.
   *
   * @param inBackup entries that were fetched and opened just now; they stay the caller's
   * @return how many went
   */
  public int forget(String version, List<ExportedRoomKey> inBackup) throws VaultException {
    return archive.use(
        room -> {
          String mark = BackupMarks.of(room, version);
          List<RoomKeyId> going = new ArrayList<>();
          for (ExportedRoomKey entry : inBackup) {
            Optional<RoomKeyCopy> held = room.find(entry.id());
            if (held.isPresent()) {
              try (ExportedRoomKey here = Copies.exported(held.get())) {
                boolean marked = room.backupVersion(entry.id()).filter(mark::equals).isPresent();
                if (Eviction.mayGo(marked, here, entry)) {
                  going.add(entry.id());
                }
              }
            }
          }
          return room.forget(going, new ExtraWrites());
        });
  }
}
