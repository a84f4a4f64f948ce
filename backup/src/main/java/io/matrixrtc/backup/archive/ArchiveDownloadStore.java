package io.matrixrtc.backup.archive;

import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.download.DamagedEntry;
import io.matrixrtc.backup.download.DownloadJob;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.DownloadStore;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.RoomKeyInfo;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The job in the crypto store, beside the room keys: a batch of keys, the checkpoint behind it and
 * the list of damaged entries are one transaction (DL-CHECKPOINT).
 *
 * <p>A store is open in one process at a time, and there in one object, which the operating system
 * sees to ({@code CryptoStoreException.InUse}). So whoever opens this one knows that an owner named
 * in the row is gone, and {@link #open} takes the lease from it: after a crash nobody waits for 30
 * seconds (DL-TAKEOVER).
 */
public final class ArchiveDownloadStore implements DownloadStore {
  private final Archive archive;

  private ArchiveDownloadStore(Archive archive) {
    this.archive = archive;
  }

  /** Opens the job behind {@code archive}. Call it once for each time that the store was opened. */
  public static ArchiveDownloadStore open(Archive archive) throws VaultException {
    archive.use(
        room -> {
          Optional<DownloadJob> left = JobRow.read(room);
          if (left.isPresent() && !left.get().owner().isEmpty()) {
            DownloadJob free = left.get().releasedAt(left.get().leaseUntil());
            room.write(new ExtraWrites().put(JobRow.KEY, JobRow.write(free))); // DL-TAKEOVER
          }
          return true;
        });
    return new ArchiveDownloadStore(archive);
  }

  @Override
  public Optional<DownloadJob> job() throws VaultException {
    return archive.use(JobRow::read);
  }

  @Override
  public boolean save(DownloadJob job, String expectedOwner) throws VaultException {
    return archive.use(
        room -> {
          if (!isOwner(room, expectedOwner)) {
            return false;
          }
          ExtraWrites rows = new ExtraWrites().put(JobRow.KEY, JobRow.write(job));
          if (job.done() == 0) {
            DamagedRows.forgetAll(room, rows); // another job, or the same one from the start
          }
          room.write(rows);
          return true;
        });
  }

  /**
   * Notes that every key of a backup is here, though it was not fetched as a whole. Only while no
   * job runs.
   */
  public void saveDone(BackupVersion version, long keys) throws VaultException {
    String publicKey = version.auth().publicKey().map(Curve25519PublicKey::toBase64).orElse("");
    DownloadJob job =
        new DownloadJob(
            version.version(),
            publicKey,
            version.etag(),
            version.count(),
            DownloadState.DONE,
            true,
            keys,
            0,
            keys,
            0,
            0,
            0,
            "",
            Instant.EPOCH);
    archive.use(
        room -> {
          room.write(new ExtraWrites().put(JobRow.KEY, JobRow.write(job)));
          return true;
        });
  }

  /**
   * The backup has changed by an upload of ours, and may have by others. If what we know to be in
   * it is all that there is, a download that was complete before is complete now (DL-OWN).
   *
   * @param before the etag that the server stated last
   * @param etag that of the answer to our upload
   * @param count the number of entries in that answer
   * @return whether it is complete
   */
  public boolean adopt(String version, String before, String etag, long count)
      throws VaultException {
    return archive.use(
        room -> {
          Optional<DownloadJob> job = JobRow.read(room);
          if (job.isEmpty()
              || job.get().state() != DownloadState.DONE
              || !job.get().version().equals(version)
              || !job.get().etag().equals(before)
              || room.backupCount(BackupMarks.of(room, version)).backedUp() != count) {
            return false;
          }
          room.write(
              new ExtraWrites().put(JobRow.KEY, JobRow.write(job.get().standsFor(etag, count))));
          return true;
        });
  }

  private static boolean isOwner(RoomKeyArchive room, String expected) throws CryptoStoreException {
    Optional<DownloadJob> held = JobRow.read(room);
    return held.isEmpty() || held.get().owner().equals(expected);
  }

  @Override
  public Optional<DownloadJob> commit(
      DownloadJob job,
      long checkpoint,
      int frames,
      List<ExportedRoomKey> keys,
      List<DamagedEntry> damaged)
      throws VaultException {
    return archive.use(
        room -> {
          if (!isOwner(room, job.owner())) {
            return Optional.empty();
          }
          DownloadJob[] written = {job};
          room.merge(
              Copies.of(keys),
              Optional.of(BackupMarks.of(room, job.version())),
              result -> {
                int imported = result.added() + result.improved();
                int unchanged = frames - damaged.size() - imported;
                DownloadJob next = job.imported(checkpoint, imported, unchanged, damaged.size());
                ExtraWrites rows = new ExtraWrites().put(JobRow.KEY, JobRow.write(next));
                damaged.forEach(entry -> DamagedRows.put(rows, entry));
                written[0] = next;
                return rows;
              });
          return Optional.of(written[0]);
        });
  }

  @Override
  public Map<RoomKeyId, RoomKeyVault.Held> held(Collection<RoomKeyId> ids, String version)
      throws VaultException {
    return archive.use(
        room -> {
          String mark = BackupMarks.of(room, version);
          Map<RoomKeyId, RoomKeyInfo> known = room.infos(ids);
          Map<RoomKeyId, RoomKeyVault.Held> held = new HashMap<>();
          Map<String, Boolean> evicted = new HashMap<>();
          for (RoomKeyId id : ids) {
            if (!evicted.containsKey(id.roomId())) {
              evicted.put(id.roomId(), EvictedRooms.isEvicted(room, id.roomId()));
            }
            if (known.containsKey(id)) {
              held.put(id, ArchiveVault.held(room, known.get(id), mark));
            } else if (evicted.getOrDefault(id.roomId(), false)) {
              held.put(id, RoomKeyVault.Held.EVICTED); // EVICT-STAY
            }
          }
          return held;
        });
  }

  @Override
  public List<DamagedEntry> damaged() throws VaultException {
    return archive.use(DamagedRows::all);
  }
}
