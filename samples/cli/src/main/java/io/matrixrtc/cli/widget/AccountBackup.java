package io.matrixrtc.cli.widget;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.BackupListener;
import io.matrixrtc.backup.service.BackupService;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.widget.bridge.BackupPanel;
import io.matrixrtc.widget.bridge.BackupView;
import io.matrixrtc.widget.bridge.BackupView.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The room-key backup of an account, as every page of the account shows it. */
final class AccountBackup implements BackupListener, BackupPanel, AutoCloseable {
  private final List<Consumer<BackupView>> pages = new CopyOnWriteArrayList<>();
  private final BackupService service;
  private BackupView view = BackupView.of(Phase.OFF, "Asking the homeserver for a backup.");

  private AccountBackup(EncryptedClient client, Path spool) throws IOException, VaultException {
    this.service = BackupService.open(client, spool, RandomSource.secure(), this);
  }

  /**
   * Begins: what is fetched is kept in a file of its own until the program ends.
   *
   * @throws HostingException if there is no place for it
   */
  static AccountBackup open(EncryptedClient client) throws HostingException {
    try {
      Path folder = Files.createTempDirectory("matrixrtc-widget-host");
      Path spool = folder.resolve("spool");
      folder.toFile().deleteOnExit();
      spool.toFile().deleteOnExit();
      return new AccountBackup(client, spool);
    } catch (IOException | VaultException e) {
      throw new HostingException("the backup does not open: " + e.getMessage(), e);
    }
  }

  /** Tries a private key, which stays the caller's; whether it opens the current backup. */
  CompletionStage<Boolean> use(BackupKey key) {
    return service.useKey(key).thenApply(outcome -> outcome == BackupService.KeyOutcome.FITS);
  }

  @Override
  public Watch watch(Consumer<BackupView> page) {
    synchronized (pages) {
      pages.add(page);
      page.accept(view);
    }
    return () -> pages.remove(page);
  }

  private void show(BackupView next) {
    synchronized (pages) {
      view = next;
      pages.forEach(page -> page.accept(next));
    }
  }

  private Phase phase() {
    synchronized (pages) {
      return view.phase();
    }
  }

  @Override
  public void pause() {
    service.pauseDownload();
  }

  @Override
  public void resume() {
    service.resumeDownload();
  }

  @Override
  public void judged(Optional<BackupVersion> version, boolean mayRead, boolean mayUpload) {
    if (version.isEmpty()) {
      show(BackupView.of(Phase.OFF, "There is no backup of room keys on the homeserver."));
    } else if (!mayRead) {
      show(
          BackupView.of(
              Phase.OFF,
              "There is a backup, version "
                  + version.get().version()
                  + ", but nothing here opens it. Start widget-host with --recovery-key-file."));
    } else if (phase() == Phase.OFF) {
      show(BackupView.of(Phase.RUNNING, "Room keys are about to come from the backup."));
    }
  }

  @Override
  public void unknown(String sentence) {
    if (phase() == Phase.OFF) {
      show(BackupView.of(Phase.OFF, "The homeserver does not say. " + sentence));
    }
  }

  @Override
  public void download(DownloadProgress progress) {
    show(
        new BackupView(
            phase(progress.state()),
            sentence(progress),
            progress.total(),
            progress.imported() + progress.unchanged() + progress.failed(),
            progress.failed(),
            progress.remaining()));
  }

  static Phase phase(DownloadState state) {
    return switch (state) {
      case WAITING, FETCHING, IMPORTING -> Phase.RUNNING;
      case PAUSED, STOPPED -> Phase.PAUSED;
      case DONE -> Phase.DONE;
      case FAILED -> Phase.FAILED;
    };
  }

  private static String sentence(DownloadProgress progress) {
    return switch (progress.state()) {
      case WAITING -> "Waiting for the homeserver; it goes on by itself.";
      case FETCHING, IMPORTING -> "Room keys come from the backup.";
      case PAUSED, STOPPED -> "Paused. Keys that are here can be used.";
      case DONE -> "Everything in the backup is here.";
      case FAILED -> "The backup cannot be brought. What has come stays.";
    };
  }

  @Override
  public void broken(Exception why) {
    show(BackupView.of(Phase.FAILED, "The backup stopped: " + why.getMessage()));
  }

  @Override
  public void close() {
    service.close();
  }
}
