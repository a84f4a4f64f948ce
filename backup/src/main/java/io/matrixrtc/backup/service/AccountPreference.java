package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.StoredDecision;
import io.matrixrtc.backup.preference.BackupPreference;
import io.matrixrtc.backup.preference.PreferenceEffect;
import io.matrixrtc.backup.preference.PreferenceMachine;
import io.matrixrtc.backup.preference.PreferenceSettings;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the user wants a backup, as the account says (MSC4287): read at sign-in, when a sync
 * tells of a change, and with each look at the backup; written when the user decides. Nothing is
 * uploaded, and no backup made, but where it says so (PREF-GATE). Any thread may call.
 */
public final class AccountPreference {
  private static final Logger LOG = LoggerFactory.getLogger(AccountPreference.class);

  private final PreferenceMachine machine;
  private final EncryptedClient client;
  private final Archive archive;
  private final SerialScheduler scheduler;
  private final Consumer<PreferenceEffect> listener;
  private final Runnable gateMoved;
  private final Consumer<Exception> broken;
  private final boolean ignored;
  private final List<CompletableFuture<Optional<ApiFailure>>> writing = new ArrayList<>();
  private final Map<String, SerialScheduler.Timer> timers = new HashMap<>();
  private final List<ToDeviceChannel.Subscription> changes = new ArrayList<>();
  private @Nullable Runnable deletion;
  private volatile boolean open;
  private volatile Optional<BackupPreference> value = Optional.empty();
  private @Nullable CompletionStage<Optional<ApiFailure>> reading;
  private boolean closed;

  /**
   * Follows it on {@code scheduler}.
   *
   * @param listener told of what follows
   * @param gateMoved judges the backup afresh
   * @param broken told if the store failed
   */
  AccountPreference(
      PreferenceSettings settings,
      EncryptedClient client,
      Archive archive,
      SerialScheduler scheduler,
      Consumer<PreferenceEffect> listener,
      Runnable gateMoved,
      Consumer<Exception> broken)
      throws VaultException {
    this.machine = new PreferenceMachine(settings, StoredDecision.read(archive));
    this.client = client;
    this.archive = archive;
    this.scheduler = scheduler;
    this.listener = listener;
    this.gateMoved = gateMoved;
    this.broken = broken;
    this.ignored = settings.ignore();
    this.open = ignored;
  }

  /** What the account says; empty until it is known, and if it is ignored. */
  public Optional<BackupPreference> value() {
    return value;
  }

  /** Whether keys may go to a backup that is trusted, and one may be made (PREF-GATE). */
  public boolean mayUpload() {
    return open;
  }

  /**
   * The user wants backups: written to the account, as often as it takes. Makes none.
   *
   * @return completes when it is written, or with why it is not yet; it is tried again by itself
   */
  public CompletionStage<Optional<ApiFailure>> turnOn() {
    return decide(machine::userTurnsOn, null);
  }

  /**
   * The user wants no backups: nothing is uploaded from now on, and that is written to the account.
   * Deletes none; {@link BackupService#disable} does.
   *
   * @return as {@link #turnOn}
   */
  public CompletionStage<Optional<ApiFailure>> turnOff() {
    return decide(machine::userTurnsOff, null);
  }

  /** As {@link #turnOff}; {@code delete} runs on the scheduler when it is written (PREF-OFF). */
  CompletionStage<Optional<ApiFailure>> turnOff(Runnable delete) {
    return decide(machine::userTurnsOff, delete);
  }

  /**
   * Does here what another client of the account decided since the sign-in, which the user was
   * shown and agreed to (PREF-LATER). Writes nothing.
   */
  public CompletionStage<Void> followOthers() {
    return CompletableFuture.runAsync(() -> run(machine.follow()), scheduler);
  }

  private CompletionStage<Optional<ApiFailure>> decide(
      Supplier<List<PreferenceEffect>> decision, @Nullable Runnable delete) {
    CompletableFuture<Optional<ApiFailure>> end = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          writing.add(end);
          deletion = delete;
          run(decision.get());
          if (!machine.isWriting()) {
            written(Optional.empty()); // it is ignored: there is nothing to write
          }
        });
    return end;
  }

  /** The sign-in. On the scheduler; the backup is judged when the answer is there. */
  void start() {
    if (!ignored) {
      for (String type : List.of(BackupPreference.TYPE, BackupPreference.UNSTABLE_TYPE)) {
        changes.add(client.onAccountData(type, content -> changed()));
      }
    }
    run(machine.start());
    if (ignored || machine.isWriting()) {
      gateMoved.run();
    }
  }

  /** PREF-SYNC, on the client's scheduler. Which of the two names counts is read anew. */
  private void changed() {
    try {
      scheduler.execute(this::look);
    } catch (RejectedExecutionException e) {
      LOG.debug("the preference changed after the end", e);
    }
  }

  /** Looks whether another client has changed it. On the scheduler. */
  void look() {
    if (!closed && !ignored && value.isPresent() && !machine.isWriting()) {
      read();
    }
  }

  /** Completes when the value is known, or with why it is not. On the scheduler. */
  CompletionStage<Optional<ApiFailure>> known() {
    return ignored || value.isPresent() || machine.isWriting()
        ? CompletableFuture.completedStage(Optional.empty())
        : read();
  }

  private void run(List<PreferenceEffect> effects) {
    try {
      for (PreferenceEffect effect : effects) {
        if (!closed) {
          run(effect);
        }
      }
    } catch (VaultException e) {
      broken.accept(e);
    }
    value = machine.value();
  }

  private void run(PreferenceEffect effect) throws VaultException {
    if (effect instanceof PreferenceEffect.Fetch fetch) {
      after("", fetch.delay(), this::read);
    } else if (effect instanceof PreferenceEffect.Write write) {
      after(write.type(), write.delay(), () -> write(write));
    } else if (effect instanceof PreferenceEffect.Persist persist) {
      StoredDecision.write(archive, persist.decision());
    } else {
      if (effect instanceof PreferenceEffect.UseBackup) {
        move(true);
      } else if (effect instanceof PreferenceEffect.StopBackup) {
        move(false);
      } else if (effect instanceof PreferenceEffect.DeleteBackup && deletion != null) {
        Runnable delete = deletion;
        deletion = null;
        delete.run();
      }
      listener.accept(effect);
    }
  }

  private void move(boolean nowOpen) {
    open = nowOpen;
    value = machine.value();
    gateMoved.run();
  }

  /** Does one thing of its kind: another one that waits is dropped. */
  private void after(String kind, Duration delay, Runnable task) {
    SerialScheduler.Timer before = timers.remove(kind);
    if (before != null) {
      before.cancel();
    }
    if (delay.isZero()) {
      task.run();
    } else {
      timers.put(kind, scheduler.schedule(scheduler.now().plus(delay), task));
    }
  }

  /** The unstable one is asked for only where the stable one says nothing (PREF-TABLE). */
  private CompletionStage<Optional<ApiFailure>> read() {
    if (reading != null) { // one answer is as good as two
      return reading;
    }
    CompletionStage<Optional<ApiFailure>> end =
        content(BackupPreference.TYPE)
            .thenCompose(
                stable -> {
                  boolean decides =
                      stable instanceof ApiResult.Failed
                          || BackupPreference.read(stable.orThrow(), MissingNode.getInstance())
                              != BackupPreference.UNDETERMINED;
                  CompletionStage<ApiResult<JsonNode>> unstable =
                      decides
                          ? CompletableFuture.completedStage(
                              new ApiResult.Ok<>(MissingNode.getInstance()))
                          : content(BackupPreference.UNSTABLE_TYPE);
                  return unstable.thenApplyAsync(second -> answered(stable, second), scheduler);
                });
    reading = end;
    return end;
  }

  private Optional<ApiFailure> answered(ApiResult<JsonNode> stable, ApiResult<JsonNode> unstable) {
    reading = null;
    Optional<ApiFailure> failure = failure(stable).or(() -> failure(unstable));
    if (closed) {
      return failure;
    }
    if (failure.isPresent()) {
      run(machine.fetchFailed());
      gateMoved.run(); // it stays shut; the download need not wait
    } else {
      run(machine.fetched(stable.orThrow(), unstable.orThrow()));
    }
    return failure;
  }

  private static Optional<ApiFailure> failure(ApiResult<JsonNode> result) {
    return result instanceof ApiResult.Failed<JsonNode> failed
        ? Optional.of(failed.failure())
        : Optional.empty();
  }

  private CompletionStage<ApiResult<JsonNode>> content(String type) {
    return call(ApiRequest.get("v3", "user", userId(), "account_data", type))
        .thenApply(
            result -> {
              if (result instanceof ApiResult.Failed<ObjectNode> failed) {
                return RoomKeysApi.isNotFound(failed.failure())
                    ? new ApiResult.Ok<JsonNode>(MissingNode.getInstance())
                    : new ApiResult.Failed<JsonNode>(failed.failure());
              }
              return new ApiResult.Ok<JsonNode>(result.orThrow());
            });
  }

  private void write(PreferenceEffect.Write write) {
    boolean on =
        write.content().equals(BackupPreference.stableContent(true))
            || write.content().equals(BackupPreference.unstableContent(true));
    call(ApiRequest.put(write.content(), "v3", "user", userId(), "account_data", write.type()))
        .thenAcceptAsync(
            result -> {
              if (closed) {
                return;
              }
              if (result instanceof ApiResult.Failed<ObjectNode> failed) {
                run(machine.writeFailed(write.type(), on));
                written(Optional.of(failed.failure()));
              } else {
                run(machine.written(write.type(), on));
                if (!machine.isWriting()) {
                  written(Optional.empty());
                }
              }
            },
            scheduler);
  }

  private void written(Optional<ApiFailure> outcome) {
    List<CompletableFuture<Optional<ApiFailure>>> waiting = List.copyOf(writing);
    writing.clear();
    waiting.forEach(one -> one.complete(outcome));
  }

  private CompletionStage<ApiResult<ObjectNode>> call(ApiRequest request) {
    return client.matrix().api().call(request);
  }

  private String userId() {
    return client.device().userId();
  }

  /** Does nothing any more; what is not written yet is by a later run. On the scheduler. */
  void close() {
    closed = true;
    timers.values().forEach(SerialScheduler.Timer::cancel);
    timers.clear();
    changes.forEach(ToDeviceChannel.Subscription::close);
    changes.clear();
  }
}
