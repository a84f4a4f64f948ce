package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.download.DownloadEffect;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.download.FullDownload;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.keys.SerialScheduler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Does what a {@link FullDownload} wants. Everything runs on one scheduler of its own, which blocks
 * while a batch is opened and written: not that of a client. Any thread may call.
 */
public final class DownloadRunner {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  /** Told of what happens, on the runner's scheduler. */
  public interface Listener {
    /** How far it is: at most five times a second, and at the end. */
    void progress(DownloadProgress progress);

    /** The backup has changed since the download began: a day or so later, run it again. */
    void lightPassDue();

    /** Disk or store failed; what was committed stays, and a later start goes on from there. */
    void broken(Exception why);
  }

  /** Something to do with the download. */
  @FunctionalInterface
  private interface Use {
    List<DownloadEffect> run(FullDownload download, Instant now) throws IOException, VaultException;
  }

  private final FullDownload download;
  private final BackupSource source;
  private final SerialScheduler scheduler;
  private final Listener listener;
  private BackupSource.@Nullable Reading reading;
  private SerialScheduler.@Nullable Timer timer;
  private boolean stepQueued;
  private boolean broken;
  private int readings;

  /** Runs {@code download}, which nobody else then uses. */
  public DownloadRunner(
      FullDownload download, BackupSource source, SerialScheduler scheduler, Listener listener) {
    this.download = download;
    this.source = source;
    this.scheduler = scheduler;
    this.listener = listener;
  }

  /** See {@link FullDownload#start}. */
  public CompletionStage<Void> start(BackupVersion version, BackupKey key, boolean byUser) {
    return use((d, now) -> d.start(version, key, byUser, now));
  }

  /** See {@link FullDownload#drain}. */
  public CompletionStage<Void> drain(BackupKey oldKey) {
    return use((d, now) -> d.drain(oldKey, now));
  }

  /** Completes when the job is paused, which survives restarts. */
  public CompletionStage<Void> pause() {
    return use(FullDownload::pause);
  }

  /** Completes when the job is stopped and its spool deleted. */
  public CompletionStage<Void> stop() {
    return use(FullDownload::stop);
  }

  /** There is a new token. */
  public CompletionStage<Void> loggedIn() {
    return use(FullDownload::loggedIn);
  }

  /** How far it is; empty if nothing runs. */
  public CompletionStage<Optional<DownloadProgress>> progress() {
    return CompletableFuture.supplyAsync(() -> download.progress(scheduler.now()), scheduler);
  }

  /** The entry of a key that is fetched and not imported yet. On the runner's scheduler. */
  Optional<String> fetchedNow(RoomKeyId id) throws IOException {
    return download.fetchedEntry(id);
  }

  /** Somebody waits for a single key. On the runner's scheduler. */
  void makeWay() {
    download.makeWay(scheduler.now());
  }

  /** Does nothing any more; the job stays as it is, and goes on when it is started again. */
  public CompletionStage<Void> close() {
    return use(
        (d, now) -> {
          broken = true;
          cancelReading();
          if (timer != null) {
            timer.cancel();
          }
          return List.of();
        });
  }

  private CompletionStage<Void> use(Use use) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          if (!broken) {
            try {
              follow(use.run(download, scheduler.now()));
            } catch (IOException | VaultException | RuntimeException e) {
              end(e);
            }
          }
          done.complete(null);
        });
    return done;
  }

  private void end(Exception why) {
    broken = true;
    cancelReading();
    if (timer != null) {
      timer.cancel();
    }
    listener.broken(why);
  }

  private void follow(List<DownloadEffect> effects) {
    for (DownloadEffect effect : effects) {
      if (effect instanceof DownloadEffect.Fetch fetch) {
        cancelReading();
        reading = source.read(fetch.version(), new Incoming(readings));
      } else if (effect instanceof DownloadEffect.CancelFetch) {
        cancelReading();
      } else if (effect instanceof DownloadEffect.Step) {
        step();
      } else if (effect instanceof DownloadEffect.WakeAt wake) {
        wakeAt(wake.time());
      } else if (effect instanceof DownloadEffect.AskVersion) {
        source.version().thenAccept(this::onVersion);
      } else if (effect instanceof DownloadEffect.Tell tell) {
        listener.progress(tell.progress());
      } else if (effect instanceof DownloadEffect.LightPassDue) {
        listener.lightPassDue();
      } else {
        throw new IllegalStateException("unknown effect");
      }
    }
  }

  private void cancelReading() {
    readings++; // what is still on its way belongs to none
    if (reading != null) {
      reading.cancel();
      reading = null;
    }
  }

  /** One step at a time is queued, behind whatever else waits for this scheduler. */
  private void step() {
    if (!stepQueued) {
      stepQueued = true;
      use(
          (d, now) -> {
            stepQueued = false;
            return d.step(now);
          });
    }
  }

  private void wakeAt(Instant time) {
    if (timer != null) {
      timer.cancel();
    }
    timer = scheduler.schedule(time, () -> use(FullDownload::wake));
  }

  private void onVersion(VersionAnswer answer) {
    if (answer instanceof VersionAnswer.Current current) {
      use((d, now) -> d.versionNow(Optional.of(current.version()), now));
    } else if (answer instanceof VersionAnswer.None) {
      use((d, now) -> d.versionNow(Optional.empty(), now));
    } else {
      scheduler.schedule(
          scheduler.now().plus(ASK_AGAIN), () -> source.version().thenAccept(this::onVersion));
    }
  }

  /** Hands an answer to the download, as long as it is the one that is wanted. */
  private final class Incoming implements BackupSource.Body {
    private final int number;

    Incoming(int number) {
      this.number = number;
    }

    @Override
    public CompletionStage<Void> take(byte[] bytes) {
      return use((d, now) -> wanted() ? d.received(bytes, bytes.length, now) : List.of());
    }

    @Override
    public void ended() {
      use((d, now) -> wanted() ? d.ended(now) : List.of());
    }

    @Override
    public void failed(FetchFailure failure) {
      use((d, now) -> wanted() ? d.failed(failure, now) : List.of());
    }

    private boolean wanted() {
      return number == readings;
    }
  }
}
