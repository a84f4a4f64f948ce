package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Map;

/**
 * The end of a verification, however it was done: which keys our user, or a protocol on its behalf,
 * has seen to be the other side's. {@link CrossSigning#verify} draws the consequences.
 *
 * <p>This is where interactive verification (SAS, QR codes) comes in: it runs over {@code
 * m.key.verification.*} events, which reach the app's inbox like its own, and ends with the keys
 * whose MACs were right. Apps that let people compare fingerprints use the factories.
 */
public interface Verification {
  /** How it was done, for example {@code m.sas.v1}; for people. */
  String method();

  /** Whose keys they are. */
  String userId();

  /**
   * The keys that were seen, by key id as in {@code m.key.verification.mac}: {@code ed25519:} and
   * the device id, or {@code ed25519:} and the master key itself in base64.
   */
  Map<String, Ed25519PublicKey> keys();

  /** Our user compared the Ed25519 key of a device with what the device itself shows. */
  static Verification ofDevice(UserDevice device, Ed25519PublicKey compared) {
    return new Compared(device.userId(), Map.of("ed25519:" + device.deviceId(), compared));
  }

  /** Our user compared a user's master key with what the user's own device shows. */
  static Verification ofUser(String userId, Ed25519PublicKey master) {
    return new Compared(userId, Map.of("ed25519:" + master.toBase64(), master));
  }

  /**
   * Keys that people compared.
   *
   * @param userId whose keys
   * @param keys by key id
   */
  record Compared(String userId, Map<String, Ed25519PublicKey> keys) implements Verification {
    public Compared {
      keys = Map.copyOf(keys);
    }

    @Override
    public String method() {
      return "fingerprint";
    }
  }
}
