package io.matrixrtc.backup;

import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.List;
import java.util.Optional;

/**
 * What we know of our own user's signing keys at one moment.
 *
 * @param userId our own user
 * @param ownDevice the device that we are
 * @param masterKey our user's master key, if known
 * @param otherDevices our user's other devices in the current device list
 */
public record OwnKeys(
    String userId,
    OwnDevice ownDevice,
    Optional<MasterKey> masterKey,
    List<OtherDevice> otherDevices) {

  /** The device that we are. */
  public record OwnDevice(String deviceId, Ed25519PublicKey key) {}

  /** The master key, and whether we hold it or have verified it. */
  public record MasterKey(Ed25519PublicKey key, boolean verified) {}

  /**
   * Another device, and whether it is signed by our self-signing key under a verified master key,
   * or was marked as trusted here.
   */
  public record OtherDevice(String deviceId, Ed25519PublicKey key, boolean verified) {}

  public OwnKeys {
    otherDevices = List.copyOf(otherDevices);
  }
}
