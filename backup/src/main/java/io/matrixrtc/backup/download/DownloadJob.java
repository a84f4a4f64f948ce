package io.matrixrtc.backup.download;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import java.time.Instant;

/**
 * The durable row of a download; at most one for an account.
 *
 * @param version the backup version
 * @param publicKey its public key, in base64
 * @param etag of the backup when it started
 * @param count of the backup's entries when it started
 * @param state where it is
 * @param whole whether the answer was read whole
 * @param seen entries found so far, if {@code whole} all there are
 * @param checkpoint all frames of the spool before this place are imported
 * @param imported entries that brought something new
 * @param unchanged entries that brought nothing
 * @param failed entries that cannot be used
 * @param attempts how many answers were broken off
 * @param owner who works on it; counts only until {@code leaseUntil}
 * @param leaseUntil when the owner must have renewed
 */
public record DownloadJob(
    String version,
    String publicKey,
    String etag,
    long count,
    DownloadState state,
    boolean whole,
    long seen,
    long checkpoint,
    long imported,
    long unchanged,
    long failed,
    int attempts,
    String owner,
    Instant leaseUntil) {

  /** The job of {@code owner} at its beginning. */
  static DownloadJob first(BackupVersion version, BackupKey key, String owner, Instant leaseUntil) {
    return new DownloadJob(
        version.version(),
        key.publicKey().toBase64(),
        version.etag(),
        version.count(),
        DownloadState.FETCHING,
        false,
        0,
        0,
        0,
        0,
        0,
        0,
        owner,
        leaseUntil);
  }

  /** Returns the job as one of the same backup that has become another since. */
  public DownloadJob standsFor(String nextEtag, long nextCount) {
    return new DownloadJob(
        version,
        publicKey,
        nextEtag,
        nextCount,
        state,
        whole,
        seen,
        checkpoint,
        imported,
        unchanged,
        failed,
        attempts,
        owner,
        leaseUntil);
  }

  DownloadJob in(DownloadState next) {
    return new DownloadJob(
        version,
        publicKey,
        etag,
        count,
        next,
        whole,
        seen,
        checkpoint,
        imported,
        unchanged,
        failed,
        attempts,
        owner,
        leaseUntil);
  }

  DownloadJob found(long entries, boolean all) {
    return new DownloadJob(
        version,
        publicKey,
        etag,
        count,
        state,
        all,
        entries,
        checkpoint,
        imported,
        unchanged,
        failed,
        attempts,
        owner,
        leaseUntil);
  }

  /**
   * Returns the job after a batch.
   *
   * @param place all frames before it are imported
   * @param more entries of the batch that brought something new
   * @param same entries that brought nothing
   * @param damaged entries that cannot be used
   */
  public DownloadJob imported(long place, long more, long same, long damaged) {
    return new DownloadJob(
        version,
        publicKey,
        etag,
        count,
        state,
        whole,
        seen,
        place,
        imported + more,
        unchanged + same,
        failed + damaged,
        attempts,
        owner,
        leaseUntil);
  }

  DownloadJob tried(int times) {
    return new DownloadJob(
        version,
        publicKey,
        etag,
        count,
        state,
        whole,
        seen,
        checkpoint,
        imported,
        unchanged,
        failed,
        times,
        owner,
        leaseUntil);
  }

  DownloadJob ownedBy(String holder, Instant until) {
    return new DownloadJob(
        version,
        publicKey,
        etag,
        count,
        state,
        whole,
        seen,
        checkpoint,
        imported,
        unchanged,
        failed,
        attempts,
        holder,
        until);
  }

  /** Returns the job without an owner. */
  public DownloadJob releasedAt(Instant time) {
    return ownedBy("", time);
  }

  /** From the start of the spool again, with nothing counted. */
  DownloadJob fromStart() {
    return new DownloadJob(
        version, publicKey, etag, count, state, false, 0, 0, 0, 0, 0, attempts, owner, leaseUntil);
  }

  /** How many entries were dealt with. */
  public long done() {
    return imported + unchanged + failed;
  }
}
