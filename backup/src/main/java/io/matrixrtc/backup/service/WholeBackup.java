package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.EvictedRooms;
import io.matrixrtc.backup.archive.StoredPass;
import io.matrixrtc.backup.download.DownloadJob;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Brings the whole of a backup when that is due. Confined to the service's scheduler. */
final class WholeBackup {
  private static final Duration LIGHT_PASS = Duration.ofDays(1);

  private final Archive archive;
  private final ArchiveDownloadStore jobs;
  private final KeptKey key;
  private final DownloadRunner downloads;
  private final LaneRunner lane;
  private final RoomsFirst roomsFirst;
  private final EvictedRooms evicted;
  private final SerialScheduler scheduler;

  WholeBackup(
      Archive archive,
      ArchiveDownloadStore jobs,
      KeptKey key,
      DownloadRunner downloads,
      LaneRunner lane,
      RoomsFirst roomsFirst,
      EvictedRooms evicted,
      SerialScheduler scheduler) {
    this.archive = archive;
    this.jobs = jobs;
    this.key = key;
    this.downloads = downloads;
    this.lane = lane;
    this.roomsFirst = roomsFirst;
    this.evicted = evicted;
    this.scheduler = scheduler;
  }

  /** Complete and unchanged: nothing to do, for the lane neither; the store has it all. */
  void bring(BackupVersion version, BackupKey held) throws VaultException {
    Optional<DownloadJob> job = jobs.job().filter(known -> isOf(known, version));
    boolean done = job.filter(known -> known.state() == DownloadState.DONE).isPresent();
    boolean complete = done && job.get().etag().equals(version.etag());
    if (complete && evicted.all().isEmpty()) {
      lane.rest();
      return;
    }
    lane.use(version.version(), held);
    if (complete) {
      return;
    }
    if (key.earlier() != null && !key.downloadEnded()) { // the user may have stopped it
      download(version, held, false);
      return;
    }
    Instant now = scheduler.now();
    Optional<Instant> last = StoredPass.read(archive); // DL-PASS; the clock may have gone back
    if (!done
        || last.filter(at -> !now.isBefore(at) && now.isBefore(at.plus(LIGHT_PASS))).isEmpty()) {
      StoredPass.write(archive, now);
      roomsFirst.run(version, held, () -> download(version, held, false));
    }
  }

  private static boolean isOf(DownloadJob job, BackupVersion version) {
    return job.version().equals(version.version())
        && version
            .auth()
            .publicKey()
            .filter(key -> key.toBase64().equals(job.publicKey()))
            .isPresent();
  }

  /** Begins, but first imports what an earlier version's download has on disk (DL-KEY). */
  void download(BackupVersion version, BackupKey held, boolean byUser) {
    BackupKey earlier = key.earlier();
    if (earlier != null) {
      downloads.drain(earlier);
    } else {
      downloads.start(version, held, byUser);
    }
  }

  /** What was fetched of a version that is gone is imported with its key. */
  void drain() {
    lane.rest();
    BackupKey earlier = key.earlier();
    if (earlier != null) {
      downloads.drain(earlier);
    }
    BackupKey held = key.get();
    if (held != null) {
      downloads.drain(held);
    }
  }
}
