package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Optional;
import java.util.Set;

/**
 * How our own user's identity stands, seen from this device.
 *
 * @param master the public master key; empty if our user has no identity
 * @param held the private keys that are here and belong to it, and {@link SecretName#BACKUP} if the
 *     app has the backup key
 * @param identityVerified whether our own identity is verified here
 * @param deviceSigned whether our identity has signed this device
 * @param setup how far the making of keys is
 * @param signaturesToUpload signatures that the homeserver has not taken yet
 * @param requested secrets that our other devices were asked for
 */
public record CrossSigningStatus(
    Optional<Ed25519PublicKey> master,
    Set<SecretName> held,
    boolean identityVerified,
    boolean deviceSigned,
    SetupState setup,
    Set<SignatureTarget> signaturesToUpload,
    Set<SecretName> requested) {
  public CrossSigningStatus {
    held = Set.copyOf(held);
    signaturesToUpload = Set.copyOf(signaturesToUpload);
    requested = Set.copyOf(requested);
  }

  /** Whether all three private keys are here. */
  public boolean isComplete() {
    return held.contains(SecretName.MASTER)
        && held.contains(SecretName.SELF_SIGNING)
        && held.contains(SecretName.USER_SIGNING);
  }
}
