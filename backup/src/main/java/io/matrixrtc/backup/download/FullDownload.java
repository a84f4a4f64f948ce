package io.matrixrtc.backup.download;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Downloads a whole backup and imports it, through restarts, broken connections and bad entries.
 * Events and the time in, effects out; the store and the spool are written here, network, timers
 * and pace are the caller's. Confined to one executor.
 *
 * <p>Keys and checkpoint are written in one transaction, so a crash repeats at most what was not
 * committed (DL-CHECKPOINT), and an import never makes a held key worse. An answer counts as whole
 * only if its last brace was read and the body ended cleanly (DL-WHOLE).
 */
public final class FullDownload {
  private static final int SYNC_BYTES = 4 << 20;
  private static final Duration SYNC_AFTER = Duration.ofSeconds(2);

  private final DownloadStore store;
  private final SpoolFile file;
  private final String us;
  private final OpenerPool workers;
  private final Way way = new Way();
  private @Nullable Running running;

  /** What there is while a job is at work. */
  private static final class Running {
    final BackupKey key;
    final Spool spool;
    final BatchLine batches;
    final Pace pace;
    DownloadJob job;
    @Nullable EntryScanner scanner;
    Instant lastSync;
    Instant failedAt;
    @Nullable Instant retryAt;
    boolean draining;

    Running(BackupKey key, Spool spool, BatchLine batches, DownloadJob job, Instant now) {
      this.key = key;
      this.spool = spool;
      this.batches = batches;
      this.job = job;
      this.lastSync = now;
      this.failedAt = now;
      this.pace = new Pace(now, job.done());
    }
  }

  /**
   * Works on the job in {@code store}.
   *
   * @param file the spool; stays the caller's to close
   * @param us a name for this process that no other has, for the lease
   */
  public FullDownload(DownloadStore store, SpoolFile file, String us, OpenerPool workers) {
    this.store = store;
    this.file = file;
    this.us = us;
    this.workers = workers;
  }

  /**
   * Starts, or goes on with, the download of {@code version}. Call it whenever a private key that
   * fits is known: at the program's start too. Does nothing if it runs already (DL-ONCE), if it was
   * paused or stopped and {@code byUser} is not set, or if it is complete and the backup unchanged.
   * A job of another version is given up: {@link #drain} it first while its key is known.
   *
   * @param key which stays open, and the caller's, until the job is at an end
   */
  public List<DownloadEffect> start(
      BackupVersion version, BackupKey key, boolean byUser, Instant now)
      throws IOException, VaultException {
    if (!version.auth().isOpenedBy(key)) {
      throw new IllegalArgumentException("download: the key does not open this backup");
    }
    Running at = running;
    if (at != null && at.job.state().isRunning()) {
      return List.of(new DownloadEffect.Tell(progress(at, now)));
    }
    Optional<DownloadJob> known = store.job();
    if (known.isPresent() && Lease.isHeldByAnother(known.get(), us, now)) {
      return List.of(new DownloadEffect.WakeAt(known.get().leaseUntil())); // DL-LEASE
    }
    boolean same =
        known.isPresent()
            && known.get().version().equals(version.version())
            && known.get().publicKey().equals(key.publicKey().toBase64());
    if (same) {
      return restart(known.get(), version, key, byUser, now);
    }
    String owner = known.map(DownloadJob::owner).orElse("");
    file.delete();
    return begin(
        DownloadJob.first(version, key, us, now.plus(Lease.LENGTH)), owner, key, false, now);
  }

  /**
   * Imports what the job of a version that is gone, or no longer current, has fetched, and then
   * ends it (DL-GONE). Its key may be dropped only after that.
   *
   * @return nothing if there is no such job, or {@code oldKey} does not open it
   */
  public List<DownloadEffect> drain(BackupKey oldKey, Instant now)
      throws IOException, VaultException {
    Optional<DownloadJob> known = store.job();
    if (running != null
        || known.isEmpty()
        || known.get().state().isFinal()
        || !known.get().publicKey().equals(oldKey.publicKey().toBase64())
        || Lease.isHeldByAnother(known.get(), us, now)) {
      return List.of();
    }
    DownloadJob ours = known.get().ownedBy(us, now.plus(Lease.LENGTH));
    return begin(ours, known.get().owner(), oldKey, true, now);
  }

  private List<DownloadEffect> restart(
      DownloadJob job, BackupVersion version, BackupKey key, boolean byUser, Instant now)
      throws IOException, VaultException {
    boolean changed = !job.etag().equals(version.etag());
    if (job.state().isFinal()) {
      file.delete(); // a crash may have left it behind
    }
    if (job.state() == DownloadState.DONE && !changed) {
      return List.of();
    }
    if (!byUser && (job.state() == DownloadState.PAUSED || job.state() == DownloadState.STOPPED)) {
      return List.of();
    }
    if (job.state().isFinal()) {
      return begin(
          DownloadJob.first(version, key, us, now.plus(Lease.LENGTH)),
          job.owner(),
          key,
          false,
          now);
    }
    return begin(job.ownedBy(us, now.plus(Lease.LENGTH)), job.owner(), key, false, now);
  }

  /** Takes the job with the lease and goes on from what is on disk. */
  private List<DownloadEffect> begin(
      DownloadJob job, String expectedOwner, BackupKey key, boolean drain, Instant now)
      throws IOException, VaultException {
    Spool spool = Spool.recover(file);
    DownloadJob recovered = job;
    if (spool.end() < job.checkpoint()) {
      recovered = job.fromStart(); // the file is gone or shorter: what is in the store stays
    } else if (spool.entries() < job.seen()) {
      recovered = job.found(spool.entries(), false);
    }
    boolean whole = recovered.whole();
    recovered =
        recovered
            .found(spool.entries(), whole)
            .in(whole || drain ? DownloadState.IMPORTING : DownloadState.FETCHING);
    if (!store.save(recovered, expectedOwner)) {
      return List.of(new DownloadEffect.WakeAt(now.plus(Lease.LENGTH)));
    }
    BatchLine batches = new BatchLine(spool, key, store, recovered.version(), workers);
    Running at = new Running(key, spool, batches, recovered, now);
    at.draining = drain;
    running = at;
    List<DownloadEffect> effects = new ArrayList<>();
    if (!whole && !drain) {
      effects.add(fetch(at));
    }
    effects.add(new DownloadEffect.Step());
    effects.add(new DownloadEffect.WakeAt(now.plus(Lease.RENEWAL)));
    effects.add(new DownloadEffect.Tell(progress(at, now)));
    return effects;
  }

  private DownloadEffect fetch(Running at) {
    at.scanner = EntryScanner.ofBackup(new SpoolSink(at.spool));
    at.job = at.job.in(DownloadState.FETCHING);
    return new DownloadEffect.Fetch(at.job.version());
  }

  /** Bytes of the answer arrived. */
  public List<DownloadEffect> received(byte[] bytes, int length, Instant now)
      throws IOException, VaultException {
    Running at = running;
    if (at == null || at.scanner == null) {
      return List.of();
    }
    at.scanner.feed(bytes, length);
    if (at.scanner.isMalformed()) {
      return failed(FetchFailure.tryAgain(), now);
    }
    boolean due =
        at.spool.end() - at.spool.synced() >= SYNC_BYTES
            || !now.isBefore(at.lastSync.plus(SYNC_AFTER))
            || now.isBefore(at.lastSync);
    if (!due) {
      return List.of();
    }
    return synced(at, false, now) ? List.of(new DownloadEffect.Step()) : lost(at);
  }

  /** The body ended without an error. */
  public List<DownloadEffect> ended(Instant now) throws IOException, VaultException {
    Running at = running;
    if (at == null || at.scanner == null) {
      return List.of();
    }
    if (!at.scanner.isWhole()) {
      return failed(FetchFailure.tryAgain(), now); // DL-WHOLE: cut short
    }
    at.scanner = null;
    at.job = at.job.in(DownloadState.IMPORTING);
    return synced(at, true, now) ? List.of(new DownloadEffect.Step()) : lost(at);
  }

  private boolean synced(Running at, boolean whole, Instant now)
      throws IOException, VaultException {
    at.spool.sync();
    at.lastSync = now;
    DownloadJob found = at.job.found(at.spool.entries(), whole);
    if (!store.save(found, us)) {
      return false;
    }
    at.job = found;
    return true;
  }

  /** The answer did not come, or broke off. */
  public List<DownloadEffect> failed(FetchFailure failure, Instant now)
      throws IOException, VaultException {
    Running at = running;
    if (at == null || !at.job.state().isRunning()) {
      return List.of();
    }
    at.scanner = null;
    if (failure.kind() == FetchFailure.Kind.GONE) {
      at.draining = true; // DL-GONE: what is in the spool can still be read with its key
      return synced(at, false, now) ? List.of(new DownloadEffect.Step()) : lost(at);
    }
    at.job = at.job.tried(at.job.attempts() + 1).in(DownloadState.WAITING);
    if (!synced(at, false, now)) {
      return lost(at);
    }
    List<DownloadEffect> effects = new ArrayList<>();
    effects.add(new DownloadEffect.CancelFetch());
    effects.add(new DownloadEffect.Step());
    at.failedAt = now;
    at.retryAt =
        failure.kind() == FetchFailure.Kind.TRY_AGAIN
            ? now.plus(failure.delay(at.job.attempts()))
            : null; // after the next login
    effects.add(nextWake(at, now));
    effects.add(new DownloadEffect.Tell(progress(at, now)));
    return effects;
  }

  private static DownloadEffect nextWake(Running at, Instant now) {
    Instant renewal = now.plus(Lease.RENEWAL);
    Instant retry = at.retryAt;
    return new DownloadEffect.WakeAt(retry != null && retry.isBefore(renewal) ? retry : renewal);
  }

  /** A timer went off: renews the lease, and fetches if that is due. */
  public List<DownloadEffect> wake(Instant now) throws VaultException {
    Running at = running;
    if (at == null || !at.job.state().isRunning()) {
      return List.of();
    }
    List<DownloadEffect> effects = new ArrayList<>();
    Instant retry = at.retryAt;
    boolean due = retry != null && (!now.isBefore(retry) || now.isBefore(at.failedAt));
    if (due && at.job.state() == DownloadState.WAITING && !at.draining) {
      at.retryAt = null;
      effects.add(fetch(at));
    }
    DownloadJob renewed = at.job.ownedBy(us, now.plus(Lease.LENGTH));
    if (!store.save(renewed, us)) {
      return lost(at);
    }
    at.job = renewed;
    effects.add(nextWake(at, now));
    return effects;
  }

  /** There is a new token: fetches again if the old one was the reason to wait. */
  public List<DownloadEffect> loggedIn(Instant now) throws VaultException {
    Running at = running;
    if (at != null && at.retryAt == null && at.job.state() == DownloadState.WAITING) {
      at.retryAt = now;
    }
    return wake(now);
  }

  /** Another process has the lease: it goes on, we do not (DL-LEASE). */
  private List<DownloadEffect> lost(Running at) {
    end(at);
    return List.of(new DownloadEffect.CancelFetch());
  }

  /**
   * Imports one batch. Call it after each {@link DownloadEffect.Step}, and let those who wait for
   * the store go first.
   */
  public List<DownloadEffect> step(Instant now) throws IOException, VaultException {
    Running at = running;
    if (at == null || !at.job.state().isRunning()) {
      return List.of();
    }
    Optional<BatchOpener> opened = at.batches.take(at.job.checkpoint(), way.frames(now));
    if (opened.isEmpty()) {
      return spoolDamaged(at, now);
    }
    try (BatchOpener batch = opened.get()) {
      if (batch.next() == at.job.checkpoint()) {
        return atEnd(at, now);
      }
      at.batches.beginAhead(batch.next(), way.frames(now));
      batch.join();
      Optional<DownloadJob> committed =
          store.commit(at.job, batch.next(), batch.frames(), batch.batch().keys(), batch.damaged());
      if (committed.isEmpty()) {
        return lost(at);
      }
      at.job = committed.get();
    }
    List<DownloadEffect> effects = new ArrayList<>();
    effects.add(new DownloadEffect.Step());
    if (at.pace.isEventDue(now)) {
      effects.add(new DownloadEffect.Tell(progress(at, now)));
    }
    return effects;
  }

  /** Nothing runs any more; what was opened ahead is wiped. */
  private void end(Running at) {
    running = null;
    at.batches.close();
  }

  /** Cuts the spool at its last good frame and fetches what is missing (SPOOL-CRC). */
  private List<DownloadEffect> spoolDamaged(Running at, Instant now)
      throws IOException, VaultException {
    end(at);
    List<DownloadEffect> effects = new ArrayList<>();
    effects.add(new DownloadEffect.CancelFetch());
    effects.addAll(begin(at.job.found(at.job.seen(), false), us, at.key, at.draining, now));
    return effects;
  }

  private List<DownloadEffect> atEnd(Running at, Instant now) throws IOException, VaultException {
    if (at.draining) {
      return finish(at, DownloadState.FAILED, now);
    }
    if (!at.job.whole()) {
      return List.of(); // more comes with the network
    }
    return List.of(new DownloadEffect.AskVersion());
  }

  /** The version as it is now that all is imported; empty if it is gone. */
  public List<DownloadEffect> versionNow(Optional<BackupVersion> version, Instant now)
      throws IOException, VaultException {
    Running at = running;
    if (at == null || !at.job.whole() || at.job.done() < at.job.seen()) {
      return List.of();
    }
    boolean unchanged =
        version.isPresent()
            && version.get().version().equals(at.job.version())
            && version.get().etag().equals(at.job.etag())
            && version.get().count() <= at.job.seen();
    if (!unchanged && version.isPresent() && version.get().etag().equals(at.job.etag())) {
      at.job = at.job.standsFor("", at.job.count()); // DL-COMPLETE: entries that never came
    }
    List<DownloadEffect> effects = new ArrayList<>(finish(at, DownloadState.DONE, now));
    if (!unchanged && version.isPresent()) {
      effects.add(new DownloadEffect.LightPassDue()); // DL-COMPLETE
    }
    return effects;
  }

  private List<DownloadEffect> finish(Running at, DownloadState end, Instant now)
      throws IOException, VaultException {
    DownloadJob ended = at.job.in(end).ownedBy("", now);
    if (!store.save(ended, us)) {
      return lost(at);
    }
    DownloadProgress last =
        new DownloadProgress(
            ended.version(),
            end,
            Math.max(ended.seen(), ended.done()),
            ended.seen(),
            ended.imported(),
            ended.unchanged(),
            ended.failed(),
            at.spool.end(),
            Optional.empty());
    at.job = ended;
    end(at);
    at.spool.delete(); // after the row: a file without a running job is deleted at the next start
    return List.of(new DownloadEffect.Tell(last));
  }

  /** Stops after the batch in hand; goes on only when the user says so (DL-PAUSE). */
  public List<DownloadEffect> pause(Instant now) throws IOException, VaultException {
    Running at = running;
    if (at == null || !at.job.state().isRunning()) {
      return List.of();
    }
    at.scanner = null;
    at.job = at.job.in(DownloadState.PAUSED).ownedBy(us, now);
    if (!synced(at, at.job.whole(), now)) {
      return lost(at);
    }
    end(at);
    return List.of(new DownloadEffect.CancelFetch(), new DownloadEffect.Tell(progress(at, now)));
  }

  /** Ends it and deletes the spool; does not start by itself again for this version (DL-STOP). */
  public List<DownloadEffect> stop(Instant now) throws IOException, VaultException {
    Optional<DownloadJob> known = store.job();
    Running at = running;
    if (at == null) {
      if (known.isPresent()
          && !known.get().state().isFinal()
          && !Lease.isHeldByAnother(known.get(), us, now)) {
        store.save(known.get().in(DownloadState.STOPPED).ownedBy("", now), known.get().owner());
        file.delete();
      }
      return List.of();
    }
    at.scanner = null;
    List<DownloadEffect> effects = new ArrayList<>();
    effects.add(new DownloadEffect.CancelFetch());
    effects.addAll(finish(at, DownloadState.STOPPED, now));
    return effects;
  }

  /**
   * The entry of one key, if it was fetched and is not imported yet: for a message that is waiting.
   */
  public Optional<String> fetchedEntry(RoomKeyId id) throws IOException {
    Running at = running;
    return at == null ? Optional.empty() : at.spool.find(id).map(SpoolFrame.Entry::json);
  }

  /** Somebody waits for a single key: the next batches are small (DL-WAY). */
  public void makeWay(Instant now) {
    way.make(now);
  }

  /** How far it is; empty if nothing runs here. */
  public Optional<DownloadProgress> progress(Instant now) {
    return Optional.ofNullable(running).map(at -> progress(at, now));
  }

  private static DownloadProgress progress(Running at, Instant now) {
    DownloadJob job = at.job;
    long total = job.whole() ? job.seen() : Math.max(job.count(), job.seen());
    return new DownloadProgress(
        job.version(),
        job.state(),
        total,
        job.seen(),
        job.imported(),
        job.unchanged(),
        job.failed(),
        at.spool.end(),
        at.pace.remaining(now, job.done(), total));
  }
}
