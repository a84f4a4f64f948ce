package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupAccess;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.OwnKeys;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.archive.EvictedRooms;
import io.matrixrtc.backup.archive.SharedHistoryArchive;
import io.matrixrtc.backup.download.DiskSpoolFile;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.preference.PreferenceSettings;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.upload.Losses;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.backup.upload.UploadLoop;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.olm.RandomSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backup of an {@link EncryptedClient}: brings all keys from the server as soon as a private
 * key is known that fits, finds single keys that a message wants, and uploads new ones. What it was
 * doing when the program ended goes on when it is opened again.
 *
 * <p>It works on threads of its own; the client's scheduler only ever writes one batch at a time.
 * Any thread may call but that scheduler. Close it before the client.
 */
public final class BackupService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackupService.class);

  /** How often the server is asked whether another device has made a new version. */
  public static final Duration POLL = Duration.ofMinutes(5);

  private static final Duration ASK_AGAIN = Duration.ofSeconds(30);
  private static final Duration LOOK_FOR_NEW_KEYS = Duration.ofSeconds(30);

  /** What came of a private key that somebody gave. */
  public enum KeyOutcome {
    /** It opens the current backup, and is kept: the download runs. */
    FITS,
    /** It opens another backup than the current one, and is not kept. */
    DOES_NOT_FIT,
    /** There is no backup; it is not kept. */
    NO_BACKUP,
    /** The server could not be asked; it is not kept. */
    UNKNOWN
  }

  private final EncryptedClient client;
  private final Archive archive;
  private final RoomKeyVault vault;
  private final ArchiveDownloadStore jobs;
  private final DiskSpoolFile spool;
  private final RoomKeysApi api;
  private final BackupVersions versions;
  private final BackupMaker maker;
  private final AccountPreference preference;
  private final BackupThreads threads = new BackupThreads();
  private final SerialScheduler scheduler = threads.scheduler();
  private final DownloadRunner downloads;
  private final UploadRunner uploads;
  private final LaneRunner lane;
  private final BackupRooms rooms;
  private final RoomsFirst roomsFirst;
  private final WholeBackup whole;
  private final BackupListener listener;
  private final KeptKey key;
  private Optional<BackupVersion> current = Optional.empty();
  private SerialScheduler.@Nullable Timer poll;
  private SerialScheduler.@Nullable Timer newKeys;
  private volatile boolean closed;

  private BackupService(
      EncryptedClient client,
      Archive archive,
      ArchiveDownloadStore jobs,
      Path spoolPath,
      DiskSpoolFile spool,
      KeptKey key,
      PreferenceSettings settings,
      RandomSource random,
      BackupListener listener)
      throws VaultException {
    this.key = key;
    this.client = client;
    this.archive = archive;
    this.jobs = jobs;
    this.spool = spool;
    this.listener = listener;
    this.vault = new ArchiveVault(archive, scheduler::now);
    this.api = new RoomKeysApi(client.matrix().api());
    this.versions = new BackupVersions(client, archive, vault, api);
    this.preference =
        new AccountPreference(
            settings, client, archive, scheduler, listener::preference, this::ask, this::broken);
    this.maker = new BackupMaker(versions, key, preference, scheduler);
    FullDownload download = new FullDownload(jobs, spool, "service", threads.openers());
    this.downloads =
        new DownloadRunner(
            download,
            api,
            scheduler,
            new DownloadEvents(listener, key, this::check, this::lightPassDue, this::broken));
    this.uploads =
        new UploadRunner(
            new UploadLoop(vault, random),
            api,
            scheduler,
            new UploadEvents(listener, this::check, this::uploaded, this::broken));
    this.lane = new LaneRunner(archive, downloads, vault, api, scheduler, this::broken);
    EvictedRooms evicted = new EvictedRooms(archive);
    RoomBackup single = new RoomBackup(api, vault, scheduler);
    this.roomsFirst =
        new RoomsFirst(
            client,
            archive,
            jobs,
            spoolPath,
            single,
            scheduler,
            listener,
            this::broken,
            downloads::stop);
    this.whole =
        new WholeBackup(archive, jobs, key, downloads, lane, roomsFirst, evicted, scheduler);
    this.rooms =
        new BackupRooms(
            single,
            roomsFirst,
            evicted,
            new SharedHistoryArchive(archive),
            scheduler,
            () -> current.isPresent(),
            () -> readable().map(BackupVersion::version),
            key::get,
            this::check,
            lane);
  }

  /** As the other one, following the account's preference, and deciding nothing for the user. */
  public static BackupService open(
      EncryptedClient client, Path spool, RandomSource random, BackupListener listener)
      throws IOException, VaultException {
    return open(client, spool, PreferenceSettings.DEFAULT, random, listener);
  }

  /**
   * Opens the service and begins: asks whether the user wants a backup and which one is current,
   * goes on with what was under way. Blocks for a moment.
   *
   * @param spool where the download keeps what it has fetched; the same file each time, of this
   *     account alone
   * @param settings about the account's preference: without it nothing is uploaded
   * @param random where keys come from
   */
  public static BackupService open(
      EncryptedClient client,
      Path spool,
      PreferenceSettings settings,
      RandomSource random,
      BackupListener listener)
      throws IOException, VaultException {
    Archive archive = new ClientArchive(client);
    ArchiveDownloadStore jobs = ArchiveDownloadStore.open(archive);
    KeptKey key = new KeptKey(client, archive);
    BackupService service =
        new BackupService(
            client,
            archive,
            jobs,
            spool,
            new DiskSpoolFile(spool),
            key,
            settings,
            random,
            listener);
    client.withMachine(
        machine -> {
          machine.rooms().missingKeys(service::wanted);
          machine.crossSigning().backupKeys(key::secret);
          return true;
        });
    service.scheduler.execute(service.preference::start);
    service.lookForNewKeys();
    return service;
  }

  /** On the client's scheduler: must not block, nor fail. */
  private void wanted(RoomKeyId id) {
    if (!closed) {
      try {
        scheduler.execute(
            () -> {
              if (!closed) {
                lane.wanted(id);
              }
            });
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: wanted after the end", id);
      }
    }
  }

  private void lookForNewKeys() {
    newKeys =
        scheduler.schedule(
            scheduler.now().plus(LOOK_FOR_NEW_KEYS),
            () -> {
              uploads.keysArrived();
              try {
                if (key.hasArrived()) {
                  check();
                }
              } catch (CompletionException e) {
                broken(e);
                return;
              }
              lookForNewKeys();
            });
  }

  /**
   * Asks which version is current, and judges it afresh. Call it when our identity or a device was
   * verified; it is done by itself at the start, every five minutes and after upload errors.
   */
  public CompletionStage<Void> check() {
    return ask().thenRunAsync(preference::look, scheduler);
  }

  private CompletionStage<Void> ask() {
    return api.version().thenAcceptAsync(this::judge, scheduler);
  }

  private void judge(VersionAnswer answer) {
    if (closed) {
      return;
    }
    Duration again = POLL;
    try {
      if (answer instanceof VersionAnswer.Current now) {
        judge(now.version());
      } else if (answer instanceof VersionAnswer.None) {
        current = Optional.empty();
        key.noBackup(scheduler.now());
        uploads.disable();
        whole.drain();
        listener.judged(current, false, false);
      } else if (answer instanceof VersionAnswer.Unknown unknown) {
        again = ASK_AGAIN;
        listener.unknown(unknown.sentence());
      }
    } catch (VaultException | CompletionException e) {
      broken(e);
      return;
    }
    if (poll != null) {
      poll.cancel();
    }
    poll = scheduler.schedule(scheduler.now().plus(again), this::check);
  }

  private void judge(BackupVersion version) throws VaultException {
    key.takeGossip(version, scheduler.now());
    boolean changed = current.filter(known -> !known.etag().equals(version.etag())).isPresent();
    current = Optional.of(version);
    OwnKeys own = client.withMachine(MachineKeys::of).toCompletableFuture().join();
    BackupKey held = key.get();
    BackupAccess access = BackupAccess.of(version.auth(), own, Optional.ofNullable(held));
    if (held != null && access.mayRead()) {
      if (changed) {
        lane.backupChanged();
      }
      whole.bring(version, held);
    } else {
      whole.drain();
    }
    if (access.sealTo().isEmpty()) {
      uploads.disable();
    } else if (preference.mayUpload()) {
      uploads.enable(version.version(), access.sealTo().get());
    } else {
      uploads.suspend(); // PREF-GATE
    }
    listener.judged(current, access.mayRead(), access.mayUpload() && preference.mayUpload());
  }

  private void uploaded(String version, String etag, long count) {
    try {
      Optional<BackupVersion> now = current.filter(known -> known.version().equals(version));
      if (now.isPresent() && jobs.adopt(version, now.get().etag(), etag, count)) {
        current = Optional.of(new BackupVersion(version, now.get().auth(), count, etag));
      }
    } catch (VaultException e) {
      broken(e);
    }
  }

  private void lightPassDue() {
    BackupKey held = key.get();
    if (held != null && current.isPresent()) {
      lane.use(current.get().version(), held); // others have added keys since
    }
  }

  /**
   * Tries a private key, which stays the caller's: typed, or from secret storage. If it fits, it is
   * kept, and everything begins.
   */
  public CompletionStage<KeyOutcome> useKey(BackupKey given) {
    BackupKey copy = KeptKey.copy(given);
    return api.version().thenApplyAsync(answer -> tryKey(answer, copy), scheduler);
  }

  private KeyOutcome tryKey(VersionAnswer answer, BackupKey given) {
    KeyOutcome outcome =
        answer instanceof VersionAnswer.None ? KeyOutcome.NO_BACKUP : KeyOutcome.UNKNOWN;
    if (answer instanceof VersionAnswer.Current now) {
      if (now.version().auth().isOpenedBy(given)) {
        try {
          key.keep(given, now.version());
        } catch (VaultException e) {
          broken(e);
          return KeyOutcome.UNKNOWN;
        }
        judge(answer);
        return KeyOutcome.FITS;
      }
      outcome = KeyOutcome.DOES_NOT_FIT;
    }
    given.close();
    return outcome;
  }

  /** Whether the user wants a backup, as the account says: ask, and decide. */
  public AccountPreference preference() {
    return preference;
  }

  /**
   * The user wants a backup: writes that to the account, makes a new version with a new key, gives
   * the key to our other verified devices, and uploads everything.
   *
   * @param confirmedLoss how many keys that are only in the present version are given up; 0 if none
   * @return completes with a copy of its key, the caller's to close, for secret storage and the
   *     user; or with why there is none; exceptionally with an {@link UnconfirmedLossException} if
   *     another number would be lost, or a {@link
   *     io.matrixrtc.backup.preference.BackupNotWantedException} if the account wants none, and
   *     then nothing is written or made
   */
  public CompletionStage<ApiResult<BackupKey>> create(RandomSource random, long confirmedLoss) {
    return maker.create(random, confirmedLoss).whenComplete((made, error) -> check());
  }

  /**
   * The user wants no backup: uploads end, that is written to the account, and then every version
   * is deleted. The keys in the store stay. Secret storage is the caller's.
   *
   * @return completes with how many versions there were, or with why they are not deleted yet;
   *     exceptionally as {@link #create} if another number of keys would be lost, and then nothing
   *     is written or deleted, unless those are of an older version that came back
   */
  public CompletionStage<ApiResult<Integer>> disable(long confirmedLoss) {
    return maker.disable(confirmedLoss).whenComplete((gone, error) -> check());
  }

  /** What would be lost if this device signed out now, or the backup were deleted. */
  public CompletionStage<Losses> losses() {
    return CompletableFuture.supplyAsync(() -> maker.losses(current), scheduler);
  }

  /** Stops the download after the batch in hand, until {@link #resumeDownload}. */
  public CompletionStage<Void> pauseDownload() {
    return endRooms().thenCompose(ended -> downloads.pause());
  }

  /** While rooms come one by one there is no job yet; what is to be paused must be begun. */
  private CompletionStage<Void> endRooms() {
    return CompletableFuture.runAsync(
        () -> {
          BackupKey held = key.get();
          if (roomsFirst.cancel() && held != null) {
            readable().ifPresent(version -> whole.download(version, held, false));
          }
        },
        scheduler);
  }

  /** Goes on with a download that was paused or stopped. */
  public CompletionStage<Void> resumeDownload() {
    return CompletableFuture.runAsync(
        () -> {
          BackupKey held = key.get();
          if (held != null) {
            readable().ifPresent(version -> whole.download(version, held, true));
          }
        },
        scheduler);
  }

  /** Ends the download of this version for good, and deletes what it has on disk. */
  public CompletionStage<Void> stopDownload() {
    return endRooms().thenCompose(ended -> downloads.stop());
  }

  /** How far the download is; empty if none runs. */
  public CompletionStage<Optional<DownloadProgress>> downloadProgress() {
    return downloads.progress();
  }

  private Optional<BackupVersion> readable() {
    BackupKey held = key.get();
    return current.filter(version -> held != null && version.auth().isOpenedBy(held));
  }

  /** Single rooms: which come first, bring one, have one go. */
  public BackupRooms rooms() {
    return rooms;
  }

  /** Uploads what is not in the backup yet, without delay: before a logout. */
  public CompletionStage<Void> flush() {
    return uploads.flush();
  }

  /** There is a new token. */
  public void loggedIn() {
    downloads.loggedIn();
    uploads.loggedIn();
    check();
  }

  private void broken(Exception why) {
    if (!closed) {
      LOG.error("the backup cannot go on", why);
      close();
      listener.broken(why);
    }
  }

  /** Ends everything where it is; a later service goes on from there. Wipes the key in memory. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    scheduler.execute(
        () -> {
          if (poll != null) {
            poll.cancel();
          }
          if (newKeys != null) {
            newKeys.cancel();
          }
          preference.close();
          lane.stop();
          uploads.close();
          downloads.close().thenRun(this::release);
        });
  }

  private void release() {
    key.wipe();
    try {
      spool.close();
    } catch (IOException e) {
      listener.broken(e);
    }
    threads.close();
  }
}
