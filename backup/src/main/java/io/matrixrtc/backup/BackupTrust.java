package io.matrixrtc.backup;

import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who vouches for a backup. One trusted signature is enough, and bad ones beside it do no harm.
 *
 * <p>Only signatures in our own user's name count (AUTH-USER), only of our own device, our master
 * key, and the devices that are in our list now (AUTH-SIGNER). Judge afresh at the start, when a
 * private key arrives, when our identity or a device's verification changes, and after an upload
 * error (AUTH-REJUDGE): a judgement is only as good as the {@link OwnKeys} it was made from.
 *
 * @param algorithmKnown whether we know the algorithm at all; another one is never trusted
 *     (AUTH-ALGORITHM)
 * @param ownDevice the signature of the device that we are
 * @param masterKey the signature of our master key; missing also if we know none
 * @param otherDevices those of our other devices, by device id
 */
public record BackupTrust(
    boolean algorithmKnown,
    SignatureState ownDevice,
    SignatureState masterKey,
    Map<String, SignatureState> otherDevices) {

  public BackupTrust {
    otherDevices = Map.copyOf(otherDevices);
  }

  /** Judges {@code auth} by what we know now. */
  public static BackupTrust judge(BackupAuth auth, OwnKeys own) {
    Map<String, SignatureState> others = new LinkedHashMap<>();
    for (OwnKeys.OtherDevice device : own.otherDevices()) {
      if (!device.deviceId().equals(own.ownDevice().deviceId())) {
        others.put(
            device.deviceId(),
            state(auth, own, device.deviceId(), device.key(), device.verified()));
      }
    }
    return new BackupTrust(
        auth.isAlgorithmKnown(),
        state(auth, own, own.ownDevice().deviceId(), own.ownDevice().key(), true),
        own.masterKey()
            .map(key -> state(auth, own, key.key().toBase64(), key.key(), key.verified()))
            .orElse(SignatureState.MISSING),
        others);
  }

  private static SignatureState state(
      BackupAuth auth, OwnKeys own, String keyName, Ed25519PublicKey key, boolean trusted) {
    return switch (auth.verify(own.userId(), keyName, key)) {
      case VALID -> trusted ? SignatureState.VALID_TRUSTED : SignatureState.VALID_UNTRUSTED;
      case MISSING -> SignatureState.MISSING;
      case MALFORMED, WRONG, NOT_CANONICAL -> SignatureState.INVALID;
    };
  }

  /** Whether a signature that we trust vouches for it: the first road to uploading. */
  public boolean isTrusted() {
    return algorithmKnown
        && (ownDevice == SignatureState.VALID_TRUSTED
            || masterKey == SignatureState.VALID_TRUSTED
            || otherDevices.containsValue(SignatureState.VALID_TRUSTED));
  }
}
