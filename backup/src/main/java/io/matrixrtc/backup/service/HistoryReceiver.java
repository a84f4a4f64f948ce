package io.matrixrtc.backup.service;

import static io.matrixrtc.backup.service.HistorySender.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.archive.SharedHistoryArchive;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.sharing.BundleException;
import io.matrixrtc.backup.sharing.BundleInbox.Outcome;
import io.matrixrtc.backup.sharing.BundleOffer;
import io.matrixrtc.backup.sharing.BundleSender;
import io.matrixrtc.backup.sharing.Forwarder;
import io.matrixrtc.backup.sharing.RoomKeyBundle;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.MediaApi;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.IdentityState;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.VerificationState;
import java.util.Arrays;
import java.util.Optional;

/**
 * Fetches a bundle that is welcome and imports it. Every step blocks: not for the client's
 * scheduler.
 *
 * <p>Source: MSC4268, "Receiving".
 */
final class HistoryReceiver {
  private final EncryptedClient client;
  private final SharedHistoryArchive archive;

  /**
   * How it went.
   *
   * @param keys how many keys brought something new
   * @param why in English, why nothing was imported; empty if something was
   */
  record Result(Outcome outcome, int keys, String why) {}

  /** What is known of a sender. */
  private record Judged(BundleSender sender, Optional<String> masterKey) {}

  HistoryReceiver(EncryptedClient client, SharedHistoryArchive archive) {
    this.client = client;
    this.archive = archive;
  }

  /** Whether our user is in a room, by the homeserver's word; empty if it does not say. */
  Optional<Boolean> isJoined(String roomId) throws VaultException {
    ApiResult<ObjectNode> member =
        await(
            client
                .matrix()
                .rooms()
                .stateContent(roomId, "m.room.member", client.device().userId()));
    if (member instanceof ApiResult.Failed<ObjectNode> failed) {
      return failed.failure().isTransient() ? Optional.empty() : Optional.of(false);
    }
    return Optional.of(member.orThrow().path("membership").asText().equals("join"));
  }

  /**
   * The offer with what is known of its device now, for the device may be gone when the offer is
   * taken up (BUNDLE-GONE). Often nobody had asked for the sender's signatures before it came.
   */
  BundleOffer judgedNow(BundleOffer offer) throws VaultException {
    if (offer.crossSigned() || !await(new FreshDevices(client).of(offer.sender()))) {
      return offer;
    }
    boolean signed =
        await(client.withMachine(machine -> judge(machine, offer))).sender().crossSigned();
    return new BundleOffer(offer.sender(), offer.deviceId(), signed, offer.event());
  }

  Result process(BundleOffer offer) throws VaultException {
    if (!await(new FreshDevices(client).of(offer.sender()))) {
      return later("the homeserver does not say which devices the sender has");
    }
    Judged judged = await(client.withMachine(machine -> judge(machine, offer)));
    if (judged.sender().identityChanged()) {
      return hopeless("the sender's identity is not the one that was verified");
    }
    if (!judged.sender().isAcceptable()) {
      // Not for ever: its owner may sign the device within the day that the note lives
      return later("the sending device is not signed by its owner");
    }
    if (!MediaApi.isUri(offer.event().file().url())) {
      return hopeless("it is nowhere");
    }
    ApiResult<Optional<byte[]>> file =
        await(
            client.matrix().media().download(offer.event().file().url(), RoomKeyBundle.MAX_BYTES));
    if (file instanceof ApiResult.Failed<Optional<byte[]>> failed) {
      return RoomKeysApi.isNotFound(failed.failure())
          ? hopeless("it is gone from the homeserver")
          : later(failed.failure().sentence());
    }
    return file.orThrow().isPresent()
        ? take(offer, judged, file.orThrow().get())
        : hopeless("it is too long");
  }

  private Result take(BundleOffer offer, Judged judged, byte[] ciphertext) throws VaultException {
    byte[] plaintext = new byte[0];
    try {
      plaintext = offer.event().file().decrypt(ciphertext);
      try (RoomKeyBundle bundle = RoomKeyBundle.parse(offer.roomId(), plaintext)) {
        Forwarder forwarder = new Forwarder(offer.sender(), offer.deviceId(), judged.masterKey());
        int imported = archive.merge(bundle.keys(), forwarder).imported();
        archive.saveWithheld(bundle.withheld());
        return new Result(Outcome.IMPORTED, imported, "");
      }
    } catch (BundleException e) {
      return hopeless(String.valueOf(e.getMessage()));
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /** A device that is gone since counts as it did when it sent the offer. */
  private static Judged judge(OlmMachine machine, BundleOffer offer) throws CryptoStoreException {
    Optional<VerificationState> device =
        machine.verificationOf(new UserDevice(offer.sender(), offer.deviceId()));
    boolean changed =
        machine
                .identityState(offer.sender())
                .filter(IdentityState.VERIFICATION_VIOLATION::equals)
                .isPresent()
            || device.filter(VerificationState.VERIFICATION_VIOLATION::equals).isPresent();
    boolean signed = device.map(HistorySender::isSigned).orElse(offer.crossSigned());
    return new Judged(
        new BundleSender(signed, changed),
        machine.identity(offer.sender()).map(known -> known.master().key().toBase64()));
  }

  private static Result hopeless(String why) {
    return new Result(Outcome.HOPELESS, 0, why);
  }

  private static Result later(String why) {
    return new Result(Outcome.FAILED, 0, why);
  }
}
