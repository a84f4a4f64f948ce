package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.OwnKeys;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.upload.Losses;
import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.BackupCount;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Makes and deletes backup versions. Every method blocks: not for the client's scheduler. */
public final class BackupVersions {
  private final EncryptedClient client;
  private final Archive archive;
  private final RoomKeyVault vault;
  private final RoomKeysApi api;

  /** Works for {@code client}, whose room keys are behind {@code archive} and {@code vault}. */
  public BackupVersions(
      EncryptedClient client, Archive archive, RoomKeyVault vault, RoomKeysApi api) {
    this.client = client;
    this.archive = archive;
    this.vault = vault;
    this.api = api;
  }

  /**
   * Makes a version that {@code key} opens, signed by what we hold, and keeps the key with it.
   * Nothing is marked as in it yet. Whether there is one that it replaces is asked first.
   *
   * @param confirmedLoss how many keys that are only in the present version are given up
   * @return its name
   */
  public ApiResult<String> create(BackupKey key, long confirmedLoss)
      throws VaultException, UnconfirmedLossException {
    checkLoss(confirmedLoss);
    BackupAuth auth =
        await(client.withMachine(m -> MachineKeys.sign(m, BackupAuth.of(key.publicKey()))));
    ApiResult<String> created = await(api.create(auth));
    if (created instanceof ApiResult.Ok<String> ok) {
      StoredBackupKey.write(archive, key, ok.value());
    }
    return created;
  }

  /**
   * Deletes every version, since below the one that is deleted an older one may come back. The
   * private key here is kept, for what a download may have on disk.
   *
   * @param confirmedLoss how many keys that are only in the current version are given up
   * @return how many there were
   * @throws UnconfirmedLossException if the current version has another number of keys that are not
   *     here; or if an older one that came back has any (UP-OLDER): what is above it is deleted
   *     then, it is current, and it can be restored or its loss be confirmed
   */
  public ApiResult<Integer> deleteAll(long confirmedLoss)
      throws VaultException, UnconfirmedLossException {
    int deleted = 0;
    while (true) {
      VersionAnswer answer = await(api.version());
      if (answer instanceof VersionAnswer.None) {
        vault.forgetMarks();
        return new ApiResult.Ok<>(deleted);
      }
      if (answer instanceof VersionAnswer.Current current) {
        check(current.version(), confirmedLoss);
        ApiResult<Boolean> gone = await(api.delete(current.version().version()));
        if (gone instanceof ApiResult.Failed<Boolean> failed) {
          return new ApiResult.Failed<>(failed.failure());
        }
        deleted++;
      } else if (answer instanceof VersionAnswer.Unknown unknown) {
        throw new VaultException(unknown.sentence());
      }
    }
  }

  /**
   * Asks what is current, and whether as many keys would be lost with it as was confirmed
   * (UP-RESET). Changes nothing.
   *
   * @throws UnconfirmedLossException if it is another number
   */
  public void checkLoss(long confirmedLoss) throws VaultException, UnconfirmedLossException {
    VersionAnswer answer = await(api.version());
    if (answer instanceof VersionAnswer.Current current) {
      check(current.version(), confirmedLoss);
    } else if (answer instanceof VersionAnswer.Unknown unknown) {
      throw new VaultException(unknown.sentence());
    }
  }

  /** UP-RESET. */
  private void check(BackupVersion version, long confirmedLoss)
      throws VaultException, UnconfirmedLossException {
    Losses losses = losses(Optional.of(version));
    if (losses.mayDeleteBackup(confirmedLoss)) {
      return;
    }
    long lost = losses.notDownloaded();
    if (losses.notUploaded() > 0) { // of an older version (UP-OLDER), or the answer is on its way
      lost = OnlyThere.count(api, vault, version.version());
    }
    if (lost > 0 && lost != confirmedLoss) {
      throw new UnconfirmedLossException(lost, version.version());
    }
  }

  /** What would be lost if this device signed out now, or this backup were deleted. */
  public Losses losses(Optional<BackupVersion> version) throws VaultException {
    OwnKeys own = await(client.withMachine(MachineKeys::of));
    boolean last =
        own.otherDevices().stream()
            .noneMatch(
                device ->
                    device.verified() && !device.deviceId().equals(own.ownDevice().deviceId()));
    String name = version.map(BackupVersion::version).orElse("");
    BackupCount held = archive.use(room -> room.backupCount(name));
    long missing = vault.countNotBackedUp(name);
    long inBackup = held.total() - missing;
    long notHere = version.map(known -> Math.max(0, known.count() - inBackup)).orElse(0L);
    return new Losses(missing, notHere, version.isEmpty(), last);
  }

  private static <T> T await(CompletionStage<T> stage) throws VaultException {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new VaultException("the client has ended", e);
    }
  }
}
