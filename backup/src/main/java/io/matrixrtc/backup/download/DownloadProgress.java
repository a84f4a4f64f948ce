package io.matrixrtc.backup.download;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a download is. {@code imported + unchanged + failed} is never more than {@code seen}, and
 * the same when it is done.
 *
 * @param version the backup version
 * @param state where it is
 * @param total how many entries there are: as the server said at first, as counted once the answer
 *     was read whole
 * @param seen entries found so far
 * @param imported entries that brought something new
 * @param unchanged entries that brought nothing
 * @param failed entries that cannot be used
 * @param bytes of the spool
 * @param remaining how long it takes from here at the pace of this run, once that is known
 */
public record DownloadProgress(
    String version,
    DownloadState state,
    long total,
    long seen,
    long imported,
    long unchanged,
    long failed,
    long bytes,
    Optional<Duration> remaining) {}
