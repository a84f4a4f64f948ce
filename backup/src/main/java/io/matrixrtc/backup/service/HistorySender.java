package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.archive.SharedHistoryArchive;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.ShareOutcome.Reason;
import io.matrixrtc.backup.sharing.BundleEvent;
import io.matrixrtc.backup.sharing.EncryptedFile;
import io.matrixrtc.backup.sharing.HistoryVisibility;
import io.matrixrtc.backup.sharing.RoomKeyBundle;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.UploadBody;
import io.matrixrtc.e2ee.CrossSigningStatus;
import io.matrixrtc.e2ee.Device;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.olm.RandomSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Makes a bundle of a room's keys and tells the devices of somebody who is to be invited. Every
 * step blocks: not for the client's scheduler.
 *
 * <p>Source: MSC4268, "Sending".
 */
final class HistorySender {
  private final EncryptedClient client;
  private final Optional<BackupService> backup;
  private final SharedHistoryArchive archive;
  private final RandomSource random;

  HistorySender(
      EncryptedClient client,
      Optional<BackupService> backup,
      SharedHistoryArchive archive,
      RandomSource random) {
    this.client = client;
    this.backup = backup;
    this.archive = archive;
    this.random = random;
  }

  ShareOutcome share(String roomId, String userId) throws VaultException {
    CrossSigningStatus own = await(client.crossSigning().status());
    if (!own.identityVerified() || !own.deviceSigned()) {
      return new ShareOutcome.NotShared(Reason.NOT_CROSS_SIGNED); // BUNDLE-OWN
    }
    ApiResult<Boolean> shareable = isShareable(roomId);
    if (shareable instanceof ApiResult.Failed<Boolean> failed) {
      return failed(failed.failure());
    }
    if (!shareable.orThrow()) {
      return new ShareOutcome.NotShared(Reason.VISIBILITY);
    }
    if (!await(new FreshDevices(client).of(userId))) {
      return new ShareOutcome.Failed("The homeserver does not say which devices they have.");
    }
    Set<DeviceAddress> devices = signedDevices(userId);
    if (devices.isEmpty()) {
      return new ShareOutcome.NotShared(Reason.NO_SIGNED_DEVICE);
    }
    bringFromBackup(roomId);
    try (RoomKeyBundle bundle =
        RoomKeyBundle.of(
            roomId,
            archive.keysOf(roomId),
            archive.withheldOf(roomId),
            client.device().deviceId())) {
      if (bundle.isEmpty()) {
        return new ShareOutcome.NotShared(Reason.NO_KEYS);
      }
      note(roomId, devices);
      return send(roomId, bundle, devices);
    }
  }

  /** BUNDLE-ROTATE: what is sent once they are gone again must not be for them to read. */
  private void note(String roomId, Set<DeviceAddress> devices) throws VaultException {
    List<UserDevice> holders =
        devices.stream().map(to -> new UserDevice(to.userId(), to.deviceId())).toList();
    await(
        client.withMachine(
            machine -> {
              machine.rooms().bundled(roomId, holders);
              return true;
            }));
  }

  private ApiResult<Boolean> isShareable(String roomId) throws VaultException {
    ApiResult<ObjectNode> state =
        await(client.matrix().rooms().stateContent(roomId, "m.room.history_visibility", ""));
    if (state instanceof ApiResult.Failed<ObjectNode> failed
        && !RoomKeysApi.isNotFound(failed.failure())) {
      return new ApiResult.Failed<>(failed.failure());
    }
    Optional<String> visibility =
        state.fold(
            content -> Optional.ofNullable(content.path("history_visibility").textValue()),
            absent -> Optional.empty());
    return new ApiResult.Ok<>(HistoryVisibility.isShareable(true, visibility));
  }

  /** BUNDLE-DEVICES: those that their owner signed, whatever the policy for sending says. */
  private Set<DeviceAddress> signedDevices(String userId) throws VaultException {
    return await(
        client.withMachine(
            machine -> {
              Set<DeviceAddress> signed = new LinkedHashSet<>();
              for (Device device : machine.devicesOf(userId)) {
                Optional<VerificationState> state = machine.verificationOf(device.address());
                if (state.filter(HistorySender::isSigned).isPresent()) {
                  signed.add(new DeviceAddress(userId, device.address().deviceId()));
                }
              }
              return signed;
            }));
  }

  /** Whether a device is signed by an identity that is the one we knew. */
  static boolean isSigned(VerificationState state) {
    return state == VerificationState.VERIFIED || state == VerificationState.UNVERIFIED_IDENTITY;
  }

  /** BUNDLE-BACKUP: once for each version; what cannot be had now does not hold the invite up. */
  private void bringFromBackup(String roomId) throws VaultException {
    if (backup.isEmpty()) {
      return;
    }
    Optional<String> version = await(backup.get().rooms().readableVersion());
    if (version.isEmpty()
        || archive
            .fetchedFrom(roomId)
            .filter(mark -> (mark + " ").startsWith(version.get() + " "))
            .isPresent()) {
      return;
    }
    if (await(backup.get().rooms().bring(roomId)) instanceof ApiResult.Ok<Integer>) {
      archive.saveFetched(roomId, version.get());
    }
  }

  private ShareOutcome send(String roomId, RoomKeyBundle bundle, Set<DeviceAddress> devices)
      throws VaultException {
    byte[] plaintext = bundle.toBytes();
    EncryptedFile.Encrypted encrypted = EncryptedFile.encrypt(plaintext, random);
    Arrays.fill(plaintext, (byte) 0);
    ApiResult<String> uploaded =
        await(
            client
                .matrix()
                .media()
                .upload(UploadBody.of("application/octet-stream", encrypted.ciphertext())));
    if (uploaded instanceof ApiResult.Failed<String> failed) {
      return failed(failed.failure());
    }
    try (EncryptedFile file = encrypted.at(uploaded.orThrow())) {
      ObjectNode content = new BundleEvent(roomId, file).toJson();
      Map<String, Boolean> taken = new LinkedHashMap<>();
      await(client.toDevice().send(BundleEvent.TYPE, content, devices))
          .forEach(
              (device, outcome) -> taken.put(device.deviceId(), outcome instanceof Outcome.Sent));
      return new ShareOutcome.Shared(bundle.keys().size(), bundle.withheld().size(), taken);
    }
  }

  private static ShareOutcome failed(ApiFailure failure) {
    return new ShareOutcome.Failed(failure.sentence());
  }

  static <T> T await(CompletionStage<T> stage) throws VaultException {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new VaultException("the client has ended", e);
    }
  }
}
