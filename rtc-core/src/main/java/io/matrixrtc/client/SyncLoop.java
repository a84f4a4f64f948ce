package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
  private final Listener listener;

  private @Nullable String since;
  private boolean running;
  private int pauses;
  private int failures;

  /** Counts requests; an answer to any but the last is dropped. */
  private long round;

  /** Takes what the loop brings, on the scheduler. */
  interface Listener {
    /**
     * Takes an answer. What it changes must be stored when this returns.
     *
     * @return whether it was taken; if not, the loop ends without another request
     */
    boolean onSync(SyncAnswer answer);

    /** Told after each sync and each failure. */
    void onStatus(SyncStatus status);
  }

  SyncLoop(SyncApi api, ClientSettings settings, Listener listener) {
    this.api = api;
    this.settings = settings;
    this.scheduler = settings.scheduler();
    this.listener = listener;
  }

  /** Begins after {@code token}, or with a first sync. To be called on the scheduler. */
  void start(Optional<String> token) {
    if (!running) {
      since = token.orElse(null);
      running = true;
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
   * homeserver gives it again (SYNC-REPEAT). To be called on the scheduler, where the stage of the
   * task must complete.
   */
  void pauseFor(Supplier<CompletionStage<?>> task) {
    pauses++;
    round++;
    task.get()
        .whenComplete(
            (done, error) -> {
              pauses--;
              next();
            });
  }

  private void next() {
    if (!running || pauses > 0) {
      return;
    }
    long asked = ++round;
    boolean quick = since == null || failures > 0;
    api.sync(Optional.ofNullable(since), quick ? Duration.ZERO : settings.longPoll())
        .whenComplete(
            (result, bug) -> {
              if (!running || round != asked) {
                return;
              }
              if (bug != null) {
                LOG.error("Reading a sync failed", bug);
                failed(new ApiFailure.NotMatrix("", "unreadable sync"));
              } else {
                result.fold(this::taken, this::failed);
              }
            });
  }

  private boolean taken(SyncAnswer answer) {
    failures = 0;
    if (!listener.onSync(answer)) {
      stop();
      return false;
    }
    since = answer.nextBatch();
    listener.onStatus(new SyncStatus.Running(scheduler.now()));
    next();
    return true;
  }

  private boolean failed(ApiFailure failure) {
    failures++;
    if (failure instanceof ApiFailure.LoggedOut) {
      LOG.error("Sync ended: {}", failure.sentence());
      stop(); // SYNC-LOGOUT
      listener.onStatus(new SyncStatus.Ended(failure));
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
}
