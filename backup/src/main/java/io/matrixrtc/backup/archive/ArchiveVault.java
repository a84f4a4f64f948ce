package io.matrixrtc.backup.archive;

import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.BackupCount;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RoomKeyCopy;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyImport;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.e2ee.RoomKeySource;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The room keys of the crypto store. With a clock it notes when keys of files, and those of the
 * device's own that are uploaded, were first seen, for an export by time. Of keys that came from a
 * backup that is not known.
 */
public final class ArchiveVault implements RoomKeyVault {
  private final Archive archive;
  private final Optional<InstantSource> clock;

  /** Uses the room keys behind {@code archive}; notes no times. */
  public ArchiveVault(Archive archive) {
    this.archive = archive;
    this.clock = Optional.empty();
  }

  /** Uses the room keys behind {@code archive}; notes times by {@code clock}. */
  public ArchiveVault(Archive archive, InstantSource clock) {
    this.archive = archive;
    this.clock = Optional.of(clock);
  }

  @Override
  public Merged merge(List<ExportedRoomKey> keys, Optional<String> inVersion)
      throws VaultException {
    return archive.use(
        room -> {
          Optional<String> mark =
              inVersion.isPresent()
                  ? Optional.of(BackupMarks.of(room, inVersion.get()))
                  : Optional.empty();
          ExtraWrites rows = new ExtraWrites();
          if (clock.isPresent() && inVersion.isEmpty()) {
            for (ExportedRoomKey key : keys) {
              if (room.info(key.id()).isEmpty()) {
                FirstSeenRows.put(rows, key.id(), clock.get().instant());
              }
            }
          }
          RoomKeyImport result = room.merge(Copies.of(keys), mark, rows);
          return new Merged(result.added() + result.improved(), result.unchanged());
        });
  }

  @Override
  public Optional<Held> held(RoomKeyId id, String version) throws VaultException {
    return archive.use(
        room -> {
          Optional<RoomKeyInfo> info = room.info(id);
          return info.isPresent()
              ? Optional.of(held(room, info.get(), BackupMarks.of(room, version)))
              : Optional.empty();
        });
  }

  static Held held(RoomKeyArchive room, RoomKeyInfo info, String mark) throws CryptoStoreException {
    boolean backedUp = room.backupVersion(info.id()).filter(mark::equals).isPresent();
    return new Held(info.firstKnownIndex(), backedUp);
  }

  @Override
  public List<Kept> keysAfter(Optional<RoomKeyId> after, int limit) throws VaultException {
    return archive.use(
        room -> {
          List<Kept> page = new ArrayList<>();
          for (RoomKeyCopy copy : room.export(after, limit)) {
            page.add(new Kept(Copies.exported(copy), FirstSeenRows.of(room, copy.id())));
          }
          return page;
        });
  }

  @Override
  public List<ExportedRoomKey> notBackedUp(String version, int limit) throws VaultException {
    return archive.use(
        room ->
            room.notBackedUp(BackupMarks.of(room, version), limit).stream()
                .map(Copies::exported)
                .toList());
  }

  @Override
  public long countNotBackedUp(String version) throws VaultException {
    return archive.use(
        room -> {
          BackupCount count = room.backupCount(BackupMarks.of(room, version));
          return count.total() - count.backedUp();
        });
  }

  @Override
  public void markBackedUp(String version, List<Mark> marks) throws VaultException {
    archive.use(
        room -> {
          List<RoomKeyCopy> asUploaded = new ArrayList<>(marks.size());
          try {
            for (Mark mark : marks) {
              Optional<RoomKeyCopy> held = room.find(mark.id());
              if (held.isPresent() && isAsUploaded(held.get(), mark)) {
                asUploaded.add(held.get());
              } else {
                held.ifPresent(RoomKeyCopy::close);
              }
            }
            room.markBackedUp(
                BackupMarks.of(room, version), asUploaded, firstSeen(room, asUploaded));
          } finally {
            asUploaded.forEach(RoomKeyCopy::close);
          }
          return true;
        });
  }

  /** Our own uploads run within seconds of a key's arrival, so that time stands for it. */
  private ExtraWrites firstSeen(RoomKeyArchive room, List<RoomKeyCopy> uploaded)
      throws CryptoStoreException {
    ExtraWrites rows = new ExtraWrites();
    for (RoomKeyCopy copy : uploaded) {
      Optional<RoomKeyInfo> info = room.info(copy.id());
      if (clock.isPresent()
          && info.filter(known -> known.source() == RoomKeySource.DIRECT).isPresent()
          && FirstSeenRows.of(room, copy.id()).isEmpty()) {
        FirstSeenRows.put(rows, copy.id(), clock.get().instant());
      }
    }
    return rows;
  }

  private static boolean isAsUploaded(RoomKeyCopy held, Mark mark) {
    return held.firstKnownIndex() == mark.firstKnownIndex()
        && held.sharedHistory() == mark.sharedHistory();
  }

  @Override
  public void forgetMarks() throws VaultException {
    archive.use(
        room -> {
          BackupMarks.forgetAll(room);
          return true;
        });
  }
}
