package io.matrixrtc.client;

import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Syncs again and again. An answer is taken whole before the next sync says that it was received
 * (SYNC-ACK). All work runs on the scheduler.
 */
final class SyncLoop {
  private static final Logger LOG = LoggerFactory.getLogger(SyncLoop.class);

  /** How long the server may wait for something to tell. */
  static final Duration LONG_POLL = Duration.ofSeconds(30);

  private final SyncApi api;
  private final SerialScheduler scheduler;
  private final RetryPolicy retries;
  private final RandomGenerator random;
  private final Listener listener;

  private @Nullable String since;
  private boolean running;
  private int failures;
  private long round;

  /** Takes what the loop brings, on the scheduler. */
  interface Listener {
    /** Takes an answer; what it changes must be stored when this returns. */
    void onSync(SyncAnswer answer);

    /** Told after each sync and each failure. */
    void onStatus(SyncStatus status);
  }

  SyncLoop(
      SyncApi api,
      SerialScheduler scheduler,
      RetryPolicy retries,
      RandomGenerator random,
      Listener listener) {
    this.api = api;
    this.scheduler = scheduler;
    this.retries = retries;
    this.random = random;
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

  /** Ends; an answer that is still on its way is ignored. To be called on the scheduler. */
  void stop() {
    running = false;
    round++;
  }

  /**
   * Runs {@code task} between two syncs: an answer that is on its way is dropped, and the server
   * gives it again (SYNC-REPEAT). To be called on the scheduler.
   */
  void pauseFor(Supplier<CompletionStage<?>> task) {
    long paused = ++round;
    task.get()
        .whenComplete(
            (done, error) ->
                scheduler.execute(
                    () -> {
                      if (running && round == paused) {
                        next();
                      }
                    }));
  }

  private void next() {
    long asked = ++round;
    Duration wait = since == null ? Duration.ZERO : LONG_POLL;
    api.sync(Optional.ofNullable(since), failures > 0 ? Duration.ZERO : wait)
        .whenComplete(
            (result, bug) ->
                scheduler.execute(
                    () -> {
                      if (running && round == asked) {
                        if (bug != null) {
                          LOG.error("Reading a sync failed", bug);
                          failed(new ApiFailure.NotMatrix("", "unreadable sync"));
                        } else {
                          result.fold(this::taken, this::failed);
                        }
                      }
                    }));
  }

  private boolean taken(SyncAnswer answer) {
    failures = 0;
    listener.onSync(answer);
    since = answer.nextBatch();
    listener.onStatus(new SyncStatus.Running(scheduler.now()));
    if (running) {
      next();
    }
    return true;
  }

  private boolean failed(ApiFailure failure) {
    failures++;
    if (failure instanceof ApiFailure.LoggedOut) {
      LOG.error("Sync ended: {}", failure.sentence());
      running = false;
      listener.onStatus(new SyncStatus.Ended(failure));
      return false;
    }
    Duration wait = retries.delay(failures, random);
    if (failure instanceof ApiFailure.RateLimited limited && limited.retryAfter().isPresent()) {
      wait = limited.retryAfter().get().plus(wait.dividedBy(4));
    }
    Instant nextTry = scheduler.now().plus(wait);
    LOG.warn("Sync failed {} times in a row: {}", failures, failure.sentence());
    long waiting = round;
    scheduler.schedule(
        nextTry,
        () -> {
          if (running && round == waiting) {
            next();
          }
        });
    listener.onStatus(new SyncStatus.Failing(failure, failures, nextTry));
    return false;
  }
}
