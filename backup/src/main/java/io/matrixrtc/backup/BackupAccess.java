package io.matrixrtc.backup;

import io.matrixrtc.olm.Curve25519PublicKey;
import java.util.Optional;

/**
 * What may be done with a backup. There are two roads to uploading, and either suffices
 * (AUTH-ROADS): a trusted signature, or a private key of ours that fits. Reading needs the key.
 *
 * @param trustedBySignature whether a trusted signature vouches for it
 * @param keyFits whether the private key that we hold opens it
 * @param sealTo the public key to seal entries to; empty if nothing may be uploaded
 */
public record BackupAccess(
    boolean trustedBySignature, boolean keyFits, Optional<Curve25519PublicKey> sealTo) {

  /** Judges {@code auth} by its signatures and the private key that we hold, if we do. */
  public static BackupAccess of(BackupAuth auth, OwnKeys own, Optional<BackupKey> held) {
    boolean trusted = BackupTrust.judge(auth, own).isTrusted();
    boolean fits = held.map(auth::isOpenedBy).orElse(false);
    return new BackupAccess(trusted, fits, trusted || fits ? auth.publicKey() : Optional.empty());
  }

  /** Whether keys may be uploaded. */
  public boolean mayUpload() {
    return sealTo.isPresent();
  }

  /** Whether keys can be read. */
  public boolean mayRead() {
    return keyFits;
  }
}
