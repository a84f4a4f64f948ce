package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.upload.UploadEffect;
import io.matrixrtc.backup.upload.UploadFailure;
import io.matrixrtc.backup.upload.UploadLoop;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Does what an {@link UploadLoop} wants, on a scheduler that may block: not that of a client. Any
 * thread may call.
 */
public final class UploadRunner {
  /** Told of what happens, on the runner's scheduler. */
  public interface Listener {
    /** So many keys are not in the backup yet. */
    void remaining(long keys);

    /** Nothing is uploaded any more. */
    void turnedOff(UploadFailure.Kind reason);

    /** Ask which version is current, and judge it afresh. */
    void checkServer();

    /** An upload did not go through, and is tried again. */
    void delayed(UploadFailure failure);

    /** The server took keys, and says what the backup is now. */
    default void uploaded(String version, String etag, long count) {}

    /** The store failed. */
    void broken(Exception why);
  }

  /** Something to do with the loop. */
  @FunctionalInterface
  private interface Use {
    List<UploadEffect> run(UploadLoop loop, Instant now) throws VaultException;
  }

  private final UploadLoop loop;
  private final RoomKeysApi api;
  private final SerialScheduler scheduler;
  private final Listener listener;
  private SerialScheduler.@Nullable Timer timer;
  private boolean ended;

  /** Runs {@code loop}, which nobody else then uses. */
  public UploadRunner(
      UploadLoop loop, RoomKeysApi api, SerialScheduler scheduler, Listener listener) {
    this.loop = loop;
    this.api = api;
    this.scheduler = scheduler;
    this.listener = listener;
  }

  /** See {@link UploadLoop#enable}. */
  public CompletionStage<Void> enable(String version, Curve25519PublicKey key) {
    return use((l, now) -> l.enable(version, key, now));
  }

  /** See {@link UploadLoop#disable}. */
  public CompletionStage<Void> disable() {
    return use(
        (l, now) -> {
          if (l.version().isPresent()) {
            l.disable();
          }
          return List.of();
        });
  }

  /** See {@link UploadLoop#suspend}. */
  public CompletionStage<Void> suspend() {
    return use(
        (l, now) -> {
          l.suspend();
          stopTimer();
          return List.of();
        });
  }

  /** There are new keys, or there may be. */
  public CompletionStage<Void> keysArrived() {
    return use((l, now) -> l.keysArrived(now));
  }

  /** Uploads now. */
  public CompletionStage<Void> flush() {
    return use((l, now) -> l.flush(now));
  }

  /** There is a new token. */
  public CompletionStage<Void> loggedIn() {
    return use((l, now) -> l.loggedIn(now));
  }

  /** Does nothing any more. */
  public CompletionStage<Void> close() {
    return use(
        (l, now) -> {
          ended = true;
          stopTimer();
          return List.of();
        });
  }

  private CompletionStage<Void> use(Use use) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          if (!ended) {
            try {
              follow(use.run(loop, scheduler.now()));
            } catch (VaultException | RuntimeException e) {
              ended = true;
              stopTimer();
              listener.broken(e);
            }
          }
          done.complete(null);
        });
    return done;
  }

  private void follow(List<UploadEffect> effects) {
    for (UploadEffect effect : effects) {
      if (effect instanceof UploadEffect.Put put) {
        api.put(put.version(), put.body())
            .whenComplete((result, closed) -> answered(put.version(), result));
      } else if (effect instanceof UploadEffect.WakeAt wake) {
        wakeAt(wake.time());
      } else if (effect instanceof UploadEffect.CheckServer) {
        listener.checkServer();
      } else if (effect instanceof UploadEffect.Remaining remaining) {
        listener.remaining(remaining.keys());
      } else if (effect instanceof UploadEffect.TurnedOff off) {
        listener.turnedOff(off.reason());
      } else {
        throw new IllegalStateException("unknown effect");
      }
    }
  }

  /** A timer may go off a moment early, and the loop does nothing before its time. */
  private void wakeAt(Instant time) {
    stopTimer();
    timer =
        scheduler.schedule(
            time,
            () -> {
              if (scheduler.now().isBefore(time)) {
                wakeAt(time);
              } else {
                use((l, now) -> l.wake(now));
              }
            });
  }

  private void answered(String version, @Nullable ApiResult<ObjectNode> result) {
    if (result instanceof ApiResult.Failed<ObjectNode> failed) {
      UploadFailure failure = RoomKeysApi.uploadFailure(failed.failure());
      use(
          (l, now) -> {
            listener.delayed(failure);
            return l.failed(version, failure, now);
          });
    } else if (result instanceof ApiResult.Ok<ObjectNode> ok) {
      use(
          (l, now) -> {
            List<UploadEffect> effects = l.uploaded(version, now);
            ObjectNode backup = ok.value();
            listener.uploaded(
                version, backup.path("etag").asText(), backup.path("count").asLong(-1));
            return effects;
          });
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
