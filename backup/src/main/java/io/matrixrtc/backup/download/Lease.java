package io.matrixrtc.backup.download;

import java.time.Duration;
import java.time.Instant;

/** Who may work on a job, across processes. */
final class Lease {
  /** How long a holder may be silent. */
  static final Duration LENGTH = Duration.ofSeconds(30);

  /** How often a holder renews. */
  static final Duration RENEWAL = Duration.ofSeconds(10);

  private Lease() {}

  /**
   * Whether somebody else is at the job now (DL-LEASE). A lease that ends later than a new one
   * would was made under a clock that has gone back since, and does not count.
   */
  static boolean isHeldByAnother(DownloadJob job, String us, Instant now) {
    return !job.owner().equals(us)
        && !job.owner().isEmpty()
        && now.isBefore(job.leaseUntil())
        && !job.leaseUntil().isAfter(now.plus(LENGTH));
  }
}
