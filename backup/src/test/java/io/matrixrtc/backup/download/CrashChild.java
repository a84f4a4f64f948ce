package io.matrixrtc.backup.download;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.OfflineRoomKeys;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A restore from a saved answer, of a small backup, with store and spool on disk; in a JVM of its
 * own, which waits at one point until it is killed.
 */
final class CrashChild {
  /** What it prints when it is where it shall be killed; alone on a line. */
  static final String HERE = "here";

  /** Where it is killed; in the order in which they come. */
  enum Point {
    /** The job row is not written. */
    BEFORE_JOB_ROW,
    /** The job row is written, the request is not sent. */
    BEFORE_REQUEST,
    /** Part of the answer is here, which ends in the middle of an entry. */
    RECEIVING,
    /** Half of what is added to the spool is in its file. */
    IN_FRAME,
    /** The last byte is here, and is not synced. */
    BEFORE_SYNC,
    /** It is synced, and the row does not say so. */
    AFTER_SYNC,
    /** A batch is open, and its transaction has not begun. */
    BEFORE_COMMIT,
    /** At about the time of a transaction. */
    IN_COMMIT,
    /** A batch is committed, and nobody was told. */
    AFTER_COMMIT,
    /** The row is about to say that it is done. */
    BEFORE_DONE,
    /** The row says so, the spool is there. */
    BEFORE_DELETE,
    /** The spool is gone. */
    AFTER_DELETE
  }

  private final Optional<Point> point;
  private int left;

  /** Waits at {@code point} when it is there for the {@code nth} time, from 0. */
  private CrashChild(Optional<Point> point, int nth) {
    this.point = point;
    this.left = nth;
  }

  /** Arguments: folder, name of the store, point or "-", how often before, bytes in a chunk. */
  public static void main(String[] args) throws Exception {
    Optional<Point> point =
        args[2].equals("-") ? Optional.empty() : Optional.of(Point.valueOf(args[2]));
    new CrashChild(point, Integer.parseInt(args[3]))
        .restore(Path.of(args[0]), args[1], Integer.parseInt(args[4]));
    System.out.println("end");
  }

  /** Runs to the end in this JVM. */
  static void finish(Path folder, String name) throws Exception {
    new CrashChild(Optional.empty(), 0).restore(folder, name, 64 << 10);
  }

  /** A store and what is in it. */
  @FunctionalInterface
  interface With<T> {
    T use(Archive archive) throws Exception;
  }

  static <T> T with(Path folder, String name, With<T> with) throws Exception {
    try (StoreSecret secret = StoreSecret.key(new byte[StoreSecret.KEY_BYTES]);
        SqliteCryptoStore store =
            SqliteCryptoStore.open(folder.resolve(name + ".db"), secret, RandomSource.secure());
        OfflineRoomKeys keys =
            OfflineRoomKeys.open(store, store.stateKey(), RandomSource.secure())) {
      return with.use(Archive.of(keys.keys()));
    }
  }

  static Path spool(Path folder, String name) {
    return folder.resolve(name + ".spool");
  }

  private boolean restore(Path folder, String name, int chunk) throws Exception {
    byte[] answer = Files.readAllBytes(folder.resolve("answer.json"));
    return with(
        folder,
        name,
        archive -> {
          try (BackupKey key = BackupServer.keyOfAll();
              DiskSpoolFile file = new DiskSpoolFile(spool(folder, name))) {
            ArchiveDownloadStore jobs = ArchiveDownloadStore.open(archive);
            run(
                new FullDownload(new Jobs(jobs), new File(file), name, OpenerPool.direct()),
                answer,
                key,
                chunk);
            return true;
          }
        });
  }

  private void run(FullDownload download, byte[] answer, BackupKey key, int chunk)
      throws IOException, VaultException {
    int sent = -1;
    Deque<DownloadEffect> todo =
        new ArrayDeque<>(
            download.start(BackupServer.versionOf(key, answer.length), key, false, Instant.now()));
    while (!todo.isEmpty() || sent >= 0) {
      DownloadEffect next = todo.poll();
      if (next instanceof DownloadEffect.Fetch) {
        at(Point.BEFORE_REQUEST);
        sent = 0;
      } else if (next instanceof DownloadEffect.CancelFetch) {
        sent = -1;
      } else if (next instanceof DownloadEffect.Step) {
        todo.addAll(download.step(Instant.now()));
      } else if (next instanceof DownloadEffect.AskVersion) {
        todo.addAll(
            download.versionNow(
                Optional.of(BackupServer.versionOf(key, answer.length)), Instant.now()));
      } else if (next == null && sent >= answer.length) {
        sent = -1;
        todo.addAll(download.ended(Instant.now()));
      } else if (next == null) {
        int take = Math.min(chunk, answer.length - sent);
        byte[] bytes = Arrays.copyOfRange(answer, sent, sent + take);
        sent += take;
        todo.addAll(download.received(bytes, take, Instant.now()));
        at(Point.RECEIVING);
      }
    }
  }

  private void at(Point here) {
    if (point.equals(Optional.of(here)) && left-- == 0) {
      System.out.println(HERE);
      System.out.flush();
      waitForTheEnd(here != Point.IN_COMMIT);
    }
  }

  private static void waitForTheEnd(boolean wait) {
    while (wait) {
      LockSupport.park();
    }
  }

  /** The job and the keys. */
  private final class Jobs implements DownloadStore {
    private final DownloadStore jobs;

    Jobs(DownloadStore jobs) {
      this.jobs = jobs;
    }

    @Override
    public Optional<DownloadJob> job() throws VaultException {
      return jobs.job();
    }

    @Override
    public boolean save(DownloadJob job, String expectedOwner) throws VaultException {
      if (jobs.job().isEmpty()) {
        at(Point.BEFORE_JOB_ROW);
      }
      if (job.state() == DownloadState.DONE) {
        at(Point.BEFORE_DONE);
      }
      return jobs.save(job, expectedOwner);
    }

    @Override
    public Optional<DownloadJob> commit(
        DownloadJob job,
        long checkpoint,
        int frames,
        List<ExportedRoomKey> keys,
        List<DamagedEntry> damaged)
        throws VaultException {
      at(Point.BEFORE_COMMIT);
      at(Point.IN_COMMIT);
      Optional<DownloadJob> committed = jobs.commit(job, checkpoint, frames, keys, damaged);
      waitForTheEnd(point.equals(Optional.of(Point.IN_COMMIT)) && left < 0);
      at(Point.AFTER_COMMIT);
      return committed;
    }

    @Override
    public Map<RoomKeyId, RoomKeyVault.Held> held(Collection<RoomKeyId> ids, String version)
        throws VaultException {
      return jobs.held(ids, version);
    }

    @Override
    public List<DamagedEntry> damaged() throws VaultException {
      return jobs.damaged();
    }
  }

  /** The spool. */
  private final class File implements SpoolFile {
    private final SpoolFile file;

    File(SpoolFile file) {
      this.file = file;
    }

    @Override
    public long length() throws IOException {
      return file.length();
    }

    @Override
    public void append(byte[] bytes, int length) throws IOException {
      int half = length / 2;
      file.append(bytes, half);
      at(Point.IN_FRAME);
      file.append(Arrays.copyOfRange(bytes, half, length), length - half);
    }

    @Override
    public void sync() throws IOException {
      at(Point.BEFORE_SYNC);
      file.sync();
      at(Point.AFTER_SYNC);
    }

    @Override
    public int read(long offset, byte[] into) throws IOException {
      return file.read(offset, into);
    }

    @Override
    public void truncate(long length) throws IOException {
      file.truncate(length);
    }

    @Override
    public void delete() throws IOException {
      at(Point.BEFORE_DELETE);
      file.delete();
      at(Point.AFTER_DELETE);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
