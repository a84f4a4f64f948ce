package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.FetchFailure;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.backup.service.DownloadRunner;
import io.matrixrtc.cli.failure.CommandFailure;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One restore from its start to its end, with a clock and what it costs. Ctrl-C pauses it. */
final class RestoreRun implements DownloadRunner.Listener {
  private static final int PAUSE_SECONDS = 10;

  private final RestoreDisplay display;
  private final Optional<String> noWaiting;
  private final CompletableFuture<DownloadProgress> end = new CompletableFuture<>();
  private final CountDownLatch shown = new CountDownLatch(1);
  private final long startedAt = System.nanoTime();
  private volatile long doneBefore = -1;
  private volatile long doneNow;
  private volatile long peakHeap;

  /**
   * Shows itself on {@code display}.
   *
   * @param noWaiting what to tell if it would have to wait for its source; empty if that may pass
   */
  RestoreRun(RestoreDisplay display, Optional<String> noWaiting) {
    this.display = display;
    this.noWaiting = noWaiting;
  }

  /**
   * Starts, or goes on, and waits for the end.
   *
   * @return how it ended; empty if there was nothing to do, since all of this backup is here
   */
  Optional<RestoreSummary> await(DownloadRunner runner, BackupVersion version, BackupKey key)
      throws CommandFailure, InterruptedException {
    Thread onInterrupt = new Thread(() -> pause(runner), "restore-pause");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      runner.start(version, key, true).toCompletableFuture().get();
      if (nothingToDo(runner)) {
        return Optional.empty();
      }
      DownloadProgress last = end.get();
      return Optional.of(summary(last));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailure failure
          ? failure
          : new CommandFailure(
              "the restore stopped: "
                  + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage())
                  + ". What is in the store stays; the same command goes on from there.");
    } finally {
      runner.pause().toCompletableFuture().join(); // nothing uses the store from here on
      removeHook(onInterrupt);
    }
  }

  /**
   * Imports what was fetched with {@code key}, and waits for the end.
   *
   * @return how far it is if it was paused; empty if it is done, and the next thing may begin
   */
  Optional<RestoreSummary> drain(DownloadRunner runner, BackupKey key)
      throws CommandFailure, InterruptedException {
    Thread onInterrupt = new Thread(() -> pause(runner), "drain-pause");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      runner.drain(key).toCompletableFuture().get();
      if (nothingToDo(runner)) {
        return Optional.empty();
      }
      DownloadProgress last = end.get();
      return last.state() == DownloadState.PAUSED ? Optional.of(summary(last)) : Optional.empty();
    } catch (ExecutionException e) {
      throw new CommandFailure(
          "the restore of the earlier backup stopped: " + e.getMessage() + ".");
    } finally {
      removeHook(onInterrupt);
    }
  }

  /** In this order: what is paused in between ran before, and has an end then. */
  private boolean nothingToDo(DownloadRunner runner)
      throws ExecutionException, InterruptedException {
    boolean idle = runner.progress().toCompletableFuture().get().isEmpty();
    return idle && !end.isDone();
  }

  private RestoreSummary summary(DownloadProgress last) {
    return RestoreSummary.of(last, Math.max(0, doneNow - doneBefore), elapsed(), peakHeap);
  }

  /** The end was shown: the program may end. */
  void shown() {
    shown.countDown();
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is what runs: the program ends, and the hook tells how to go on.
    }
  }

  private void pause(DownloadRunner runner) {
    try {
      runner.pause().toCompletableFuture().get(PAUSE_SECONDS, TimeUnit.SECONDS);
      if (!shown.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
        display.say("Its numbers are not known.");
      }
      display.say("Paused. The same command goes on from here.");
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      display.say("Stopped. The same command goes on from the last checkpoint.");
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** Entries that were dealt with in this run, in a second. */
  private long perSecond() {
    long millis = elapsed().toMillis();
    return millis == 0 ? 0 : Math.max(0, doneNow - doneBefore) * 1_000 / millis;
  }

  @Override
  public void progress(DownloadProgress progress) {
    doneNow = progress.imported() + progress.unchanged() + progress.failed();
    if (doneBefore < 0) {
      doneBefore = doneNow;
    }
    peakHeap =
        Math.max(peakHeap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    display.progress(progress, perSecond());
    if (progress.state() == DownloadState.WAITING && noWaiting.isPresent()) {
      end.completeExceptionally(new CommandFailure(noWaiting.get()));
    }
    if (progress.state().isFinal() || progress.state() == DownloadState.PAUSED) {
      end.complete(progress);
    }
  }

  /**
   * The source, whose failures are told: who waits wants to know for what. Without a login nothing
   * comes any more, so that ends the run.
   */
  BackupSource heard(BackupSource source) {
    return new HeardSource(source, this::fetchFailed);
  }

  private void fetchFailed(FetchFailure failure) {
    switch (failure.kind()) {
      case TRY_AGAIN ->
          display.say("The answer of the server broke off. What came is kept; trying again.");
      case GONE ->
          display.say("The backup was deleted from the server. What came of it is imported.");
      case LOGGED_OUT ->
          end.completeExceptionally(
              new CommandFailure(
                  "this login is no longer valid, so nothing more comes. What came is in the store;"
                      + " for the rest log in as a new device: the same command with a new --store,"
                      + " --homeserver, --user and --password-file."));
    }
  }

  @Override
  public void lightPassDue() {
    display.say("The backup has grown meanwhile. Run this again for the rest.");
  }

  @Override
  public void broken(Exception why) {
    end.completeExceptionally(why);
  }
}
