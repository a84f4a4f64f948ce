package io.matrixrtc.backup.download;

import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the job is kept: in the database of the room keys, so that keys and checkpoint are written
 * in one transaction.
 */
public interface DownloadStore {
  /** The job, if there is one. */
  Optional<DownloadJob> job() throws VaultException;

  /**
   * Adds or replaces the job, unless another owner's lease on it is valid at the time of {@code
   * job.leaseUntil()}, that is, unless the row names another owner than {@code expectedOwner}.
   *
   * @return whether it was written
   */
  boolean save(DownloadJob job, String expectedOwner) throws VaultException;

  /**
   * In one transaction: merges keys as taken from the job's backup version, adds to the list of
   * damaged entries (an entry that is listed already is not added again), and replaces the job,
   * whose counts are completed by what the merge brought: {@code frames} entries were dealt with,
   * those that are neither damaged nor brought anything new are unchanged.
   *
   * @return the job as written; empty, and nothing is written, if the row names another owner
   */
  Optional<DownloadJob> commit(
      DownloadJob job,
      long checkpoint,
      int frames,
      List<ExportedRoomKey> keys,
      List<DamagedEntry> damaged)
      throws VaultException;

  /** What is held of those of these keys that are held, with regard to a backup version. */
  Map<RoomKeyId, RoomKeyVault.Held> held(Collection<RoomKeyId> ids, String version)
      throws VaultException;

  /** The damaged entries of the job. */
  List<DamagedEntry> damaged() throws VaultException;
}
