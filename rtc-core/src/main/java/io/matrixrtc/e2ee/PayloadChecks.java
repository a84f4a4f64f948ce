package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a decrypted payload is from whom it says, for us, and trusted enough: checks 5 to
 * 13 of the Olm payload, in the order of matrix-sdk-crypto.
 */
final class PayloadChecks {
  private static final Set<String> BUNDLES =
      Set.of("m.room_key_bundle", "io.element.msc4268.room_key_bundle");

  /** Types that count from devices of any trust, as they help to gain it or claim nothing. */
  private static final Set<String> EXEMPT_FROM_POLICY =
      Set.of(RoomKeyEvents.WITHHELD, "m.room_key_request", "m.secret.request");

  private static final String VERIFICATION = "m.key.verification.";

  private final OwnDevice own;
  private final DeviceDirectory directory;
  private final DeviceVerification verification;
  private final TrustPolicy policy;

  PayloadChecks(
      OwnDevice own,
      DeviceDirectory directory,
      DeviceVerification verification,
      TrustPolicy policy) {
    this.own = own;
    this.directory = directory;
    this.verification = verification;
    this.policy = policy;
  }

  /** What the checks found. */
  sealed interface Verdict {
    /** It counts. The keys are the sender's device's, if it sent them along. */
    record Accepted(EncryptionInfo info, @Nullable SignedDeviceKeys sentKeys) implements Verdict {}

    /** It does not. */
    record Refused(UndecryptableReason reason) implements Verdict {}

    /** It does not, as far as its sender is known and trusted now (TD-HELD). */
    record NotYet(UndecryptableReason reason) implements Verdict {}

    /** It is from a dehydrated device, which never says anything of its own. */
    record Dropped() implements Verdict {}
  }

  /**
   * @param eventSender the sender that the server named
   * @param senderKey the identity key of the session that decrypted the payload
   */
  Verdict check(OlmPayload payload, String eventSender, Curve25519PublicKey senderKey)
      throws CryptoStoreException {
    if (!payload.recipient().equals(own.address().userId())) {
      return refused(UndecryptableReason.OTHER_RECIPIENT); // TD-5
    }
    if (!payload.sender().equals(eventSender)) {
      return refused(UndecryptableReason.OTHER_SENDER); // TD-6
    }
    if (!payload.recipientKey().equals(own.identityKeys().ed25519())) {
      return refused(UndecryptableReason.OTHER_RECIPIENT_KEY); // TD-7
    }
    Optional<Device> known = directory.find(eventSender, senderKey);
    SignedDeviceKeys sentKeys = null;
    if (payload.senderDeviceKeys() != null) {
      sentKeys = sentKeys(payload, senderKey, known.orElse(null)).orElse(null);
      if (sentKeys == null) {
        return refused(UndecryptableReason.BAD_SENDER_DEVICE_KEYS); // TD-8
      }
    }
    if (payload.type().equals(RoomKeyEvents.ROOM_KEY)) { // TD-9
      Optional<Device> sender = directory.find(eventSender, senderKey);
      if (isDehydrated(sentKeys) || isDehydrated(sender.map(Device::keys).orElse(null))) {
        return new Verdict.Dropped(); // TD-13
      }
      return new Verdict.Accepted(
          new EncryptionInfo(eventSender, Optional.empty(), senderKey, VerificationState.NO_DEVICE),
          sentKeys);
    }
    if (BUNDLES.contains(payload.type()) && sentKeys == null) {
      return refused(UndecryptableReason.SENDER_DEVICE_KEYS_MISSING); // TD-10
    }
    if (known.isPresent() && !known.get().keys().ed25519().equals(payload.senderKey())) {
      return refused(UndecryptableReason.OTHER_SENDER_KEY); // TD-11
    }
    if (known.isEmpty() && sentKeys == null) {
      return new Verdict.NotYet(UndecryptableReason.UNKNOWN_SENDER_DEVICE); // TD-11
    }
    if (known.isEmpty() && sentKeys != null) {
      // TD-PIN: another identity key makes no other device of a device id that is known
      Optional<Device> pinned = directory.pinned(new UserDevice(eventSender, sentKeys.deviceId()));
      if (pinned.isPresent() && !pinned.get().keys().ed25519().equals(sentKeys.ed25519())) {
        return refused(UndecryptableReason.OTHER_SENDER_KEY);
      }
      if (pinned.isPresent()) {
        known = Optional.of(new Device(sentKeys, pinned.get().localTrust()));
      }
    }
    return judge(payload.type(), senderKey, known.orElse(null), sentKeys);
  }

  private Verdict judge(
      String type,
      Curve25519PublicKey senderKey,
      @Nullable Device known,
      @Nullable SignedDeviceKeys sentKeys)
      throws CryptoStoreException {
    Device device = known != null ? known : new Device(required(sentKeys), LocalTrust.UNSET);
    VerificationState state = verification.stateOf(device);
    // TD-BUNDLE: often nothing is known of its sender yet, who is judged when it is used
    boolean exempt =
        EXEMPT_FROM_POLICY.contains(type)
            || BUNDLES.contains(type)
            || type.startsWith(VERIFICATION);
    if (device.localTrust() == LocalTrust.BLOCKED) {
      return refused(UndecryptableReason.UNTRUSTED_SENDER); // TD-12
    }
    if (!exempt && !policy.accepts(state)) {
      return new Verdict.NotYet(UndecryptableReason.UNTRUSTED_SENDER); // TD-12
    }
    if (isDehydrated(device.keys()) || isDehydrated(sentKeys)) {
      return new Verdict.Dropped(); // TD-13
    }
    return new Verdict.Accepted(
        new EncryptionInfo(
            device.keys().userId(), Optional.of(device.keys().deviceId()), senderKey, state),
        sentKeys);
  }

  /**
   * The keys that the sender sent along, if they are about the device that made the session. Where
   * they are the known ones to the letter, their signature was checked when those were accepted.
   */
  private static Optional<SignedDeviceKeys> sentKeys(
      OlmPayload payload, Curve25519PublicKey senderKey, @Nullable Device known) {
    if (!(payload.senderDeviceKeys() instanceof ObjectNode object)) {
      return Optional.empty();
    }
    try {
      SignedDeviceKeys keys =
          known != null && known.keys().isWrittenAs(object)
              ? known.keys()
              : SignedDeviceKeys.parse(object);
      boolean right =
          keys.userId().equals(payload.sender())
              && keys.ed25519().equals(payload.senderKey())
              && keys.curve25519().filter(senderKey::equals).isPresent();
      return right ? Optional.of(keys) : Optional.empty();
    } catch (DeviceKeysException e) {
      return Optional.empty();
    }
  }

  private static boolean isDehydrated(@Nullable SignedDeviceKeys keys) {
    return keys != null && keys.isDehydrated();
  }

  private static SignedDeviceKeys required(@Nullable SignedDeviceKeys keys) {
    if (keys == null) {
      throw new IllegalStateException("neither a known device nor its keys");
    }
    return keys;
  }

  private static Verdict refused(UndecryptableReason reason) {
    return new Verdict.Refused(reason);
  }
}
