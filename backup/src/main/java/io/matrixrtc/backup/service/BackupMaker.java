package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.preference.BackupNotWantedException;
import io.matrixrtc.backup.preference.BackupPreference;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.upload.Losses;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.olm.RandomSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Makes a backup and ends it, as the user's preference allows. Works on the service's scheduler.
 */
final class BackupMaker {
  private final BackupVersions versions;
  private final KeptKey key;
  private final AccountPreference preference;
  private final SerialScheduler scheduler;

  BackupMaker(
      BackupVersions versions,
      KeptKey key,
      AccountPreference preference,
      SerialScheduler scheduler) {
    this.versions = versions;
    this.key = key;
    this.preference = preference;
    this.scheduler = scheduler;
  }

  /** Work that fails in the ways of a backup. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws VaultException, UnconfirmedLossException, BackupNotWantedException;
  }

  private static <T> T run(Work<T> work) {
    try {
      return work.run();
    } catch (VaultException | UnconfirmedLossException | BackupNotWantedException e) {
      throw new CompletionException(e);
    }
  }

  /** See {@link BackupVersions#losses}. */
  Losses losses(Optional<BackupVersion> current) {
    return run(() -> versions.losses(current));
  }

  /** PREF-ON: that the user wants it is written before it is made. */
  CompletionStage<ApiResult<BackupKey>> create(RandomSource random, long confirmedLoss) {
    return after(
        CompletableFuture.supplyAsync(preference::known, scheduler).thenCompose(known -> known),
        () ->
            after(
                run(() -> wanted(confirmedLoss)),
                () ->
                    CompletableFuture.completedStage(run(() -> createNow(random, confirmedLoss)))));
  }

  /** PREF-GATE: who said that none is wanted is asked first. */
  private CompletionStage<Optional<ApiFailure>> wanted(long confirmedLoss)
      throws VaultException, UnconfirmedLossException, BackupNotWantedException {
    versions.checkLoss(confirmedLoss);
    if (preference.value().equals(Optional.of(BackupPreference.OFF))) {
      throw new BackupNotWantedException();
    }
    return preference.turnOn();
  }

  private ApiResult<BackupKey> createNow(RandomSource random, long confirmedLoss)
      throws VaultException, UnconfirmedLossException, BackupNotWantedException {
    if (!preference.mayUpload()) { // turned off again meanwhile
      throw new BackupNotWantedException();
    }
    BackupKey made = BackupKey.generate(random);
    boolean kept = false;
    try {
      ApiResult<String> version = versions.create(made, confirmedLoss);
      if (version instanceof ApiResult.Failed<String> failed) {
        return new ApiResult.Failed<>(failed.failure());
      }
      kept = true;
      key.made(made);
      key.push(scheduler.now()); // AUTH-PUSH
      return new ApiResult.Ok<>(KeptKey.copy(made));
    } finally {
      if (!kept) {
        made.close();
      }
    }
  }

  /** PREF-OFF: that the user does not want it is written before it is deleted. */
  CompletionStage<ApiResult<Integer>> disable(long confirmedLoss) {
    CompletableFuture<ApiResult<Integer>> deleted = new CompletableFuture<>();
    Runnable delete =
        () -> {
          try {
            ApiResult<Integer> gone = versions.deleteAll(confirmedLoss);
            if (gone instanceof ApiResult.Ok) {
              key.forget();
            }
            deleted.complete(gone);
          } catch (VaultException | UnconfirmedLossException e) {
            deleted.completeExceptionally(e);
          }
        };
    return after(
        CompletableFuture.supplyAsync(
                () ->
                    run(
                        () -> {
                          versions.checkLoss(confirmedLoss);
                          return preference.turnOff(delete);
                        }),
                scheduler)
            .thenCompose(written -> written),
        () -> deleted);
  }

  private <T> CompletionStage<ApiResult<T>> after(
      CompletionStage<Optional<ApiFailure>> first, Supplier<CompletionStage<ApiResult<T>>> then) {
    return first.thenComposeAsync(
        failure ->
            failure
                .<CompletionStage<ApiResult<T>>>map(
                    why -> CompletableFuture.completedStage(new ApiResult.Failed<T>(why)))
                .orElseGet(then),
        scheduler);
  }
}
