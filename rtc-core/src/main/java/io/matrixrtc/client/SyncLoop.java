package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Syncs again and again. An answer is taken whole before the next sync says that it was received
 * (SYNC-ACK). All work runs on the scheduler.
 */
final class SyncLoop {
  private static final Logger LOG = LoggerFactory.getLogger(SyncLoop.class);

  private final SyncApi api;
  private final ClientSettings settings;
  private final SerialScheduler scheduler;
  private final Supplier<Duration> longPoll;
  private final Listener listener;

  private FilterUpload filter;
  private @Nullable String since;
  private boolean running;
  private boolean suspended;
  private boolean full;
  private boolean caughtUp;
  private int pauses;
  private int failures;

  /** Counts requests; an answer to any but the last is dropped. */
  private long round;

  /** Takes what the loop brings, on the scheduler. */
  interface Listener {
    /**
     * Whether there is room for {@code answer}; if not, it is dropped and asked for again later.
     */
    boolean hasRoomFor(SyncAnswer answer);

    /**
     * Takes an answer. What it changes must be stored when this returns.
     *
     * @return whether it was taken; if not, the loop ends without another request
     */
    boolean onSync(SyncAnswer answer);

    /** Told after each sync and each failure. */
    void onStatus(SyncStatus status);
  }

  /** A loop whose syncs may be held for {@code longPoll}, as it is when they are sent. */
  SyncLoop(SyncApi api, ClientSettings settings, Supplier<Duration> longPoll, Listener listener) {
    this.api = api;
    this.settings = settings;
    this.scheduler = settings.scheduler();
    this.longPoll = longPoll;
    this.listener = listener;
    this.filter = new FilterUpload(api, settings.sync().filter());
  }

  /** Begins after {@code token}, or with a first sync. To be called on the scheduler. */
  void start(Optional<String> token) {
    if (!running) {
      since = token.orElse(null);
      running = true;
      suspended = false;
      full = false;
      caughtUp = false;
      filter = new FilterUpload(api, settings.sync().filter());
      next();
    }
  }

  /** Ends; an answer that is still on its way is dropped. To be called on the scheduler. */
  void stop() {
    running = false;
    round++;
  }

  /**
   * Runs {@code task} between two syncs: an answer that is on its way is dropped, and the
   * homeserver gives it again (SYNC-REPEAT). Syncs go on however the task ends. To be called on the
   * scheduler.
   *
   * @return completes as the stage of the task does, on the scheduler
   */
  <T> CompletionStage<T> pauseFor(Supplier<CompletionStage<T>> task) {
    pauses++;
    round++;
    CompletionStage<T> stage;
    try {
      stage = task.get();
    } catch (RuntimeException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    return stage.whenCompleteAsync(
        (done, error) -> {
          pauses--;
          next();
        },
        scheduler);
  }

  private void next() {
    if (!running || suspended || full || pauses > 0) {
      return;
    }
    long asked = ++round;
    filter
        .settle()
        .whenComplete(
            (failure, bug) -> {
              if (isCurrent(asked)) {
                afterFilter(failure, bug, asked);
              }
            });
  }

  private void afterFilter(
      @Nullable Optional<ApiFailure> failure, @Nullable Throwable bug, long asked) {
    if (failure == null) {
      broken("preparing a sync failed", bug);
    } else if (failure.isPresent()) {
      failed(failure.get());
    } else {
      boolean quick = !caughtUp || failures > 0; // SYNC-QUICK: nobody waits for news to be ready
      api.sync(Optional.ofNullable(since), quick ? Duration.ZERO : longPoll.get(), filter.id())
          .whenComplete(
              (result, error) -> {
                if (isCurrent(asked)) {
                  onAnswer(result, error);
                }
              });
    }
  }

  private boolean isCurrent(long asked) {
    return running && round == asked;
  }

  private void onAnswer(@Nullable ApiResult<SyncAnswer> result, @Nullable Throwable bug) {
    if (result == null) {
      LOG.error("Reading a sync failed", bug);
      failed(new ApiFailure.NotMatrix("", "unreadable sync"));
    } else {
      result.fold(this::taken, this::failed);
    }
  }

  private boolean taken(SyncAnswer answer) {
    boolean accepted;
    try {
      if (!listener.hasRoomFor(answer)) {
        full = true;
        listener.onStatus(new SyncStatus.InboxFull());
        return false;
      }
      accepted = listener.onSync(answer);
    } catch (RuntimeException e) {
      broken("handing on a sync failed", e);
      return false;
    }
    if (!accepted || !running) {
      stop();
      return false;
    }
    failures = 0;
    caughtUp = true;
    since = answer.nextBatch();
    listener.onStatus(new SyncStatus.Running(scheduler.now()));
    next();
    return true;
  }

  /** SYNC-BROKEN: a loop that ends says so. */
  private void broken(String what, @Nullable Throwable bug) {
    LOG.error("Sync ended: {}", what, bug);
    stop();
    listener.onStatus(
        new SyncStatus.Broken(bug == null ? what : what + ": " + bug.getClass().getSimpleName()));
  }

  private boolean failed(ApiFailure failure) {
    if (filter.onRefusal(failure)) {
      next();
      return false;
    }
    failures++;
    if (failure instanceof ApiFailure.LoggedOut out) {
      loggedOut(out);
      return false;
    }
    // SYNC-BACKOFF: without end, as nothing else would bring the client back
    Duration wait = settings.retries().delay(failures, failure, settings.random());
    Instant nextTry = scheduler.now().plus(wait);
    LOG.warn("Sync failed {} times in a row: {}", failures, failure.sentence());
    long waiting = round;
    scheduler.schedule(
        nextTry,
        () -> {
          if (round == waiting) {
            next();
          }
        });
    listener.onStatus(new SyncStatus.Failing(failure, failures, nextTry));
    return false;
  }

  /** SYNC-LOGOUT: a soft logout is waited for the end of; any other ends the loop. */
  private void loggedOut(ApiFailure.LoggedOut failure) {
    LOG.warn("Sync stops: {}", failure.sentence());
    round++;
    if (failure.soft()) {
      suspended = true;
      listener.onStatus(new SyncStatus.Suspended(failure));
    } else {
      stop();
      listener.onStatus(new SyncStatus.Ended(failure));
    }
  }

  /** There is a login again. To be called on the scheduler. */
  void resume() {
    if (suspended) {
      suspended = false;
      failures = 0;
      next();
    }
  }

  /** There may be room again. To be called on the scheduler. */
  void roomAgain() {
    if (full) {
      full = false;
      next();
    }
  }
}
