package io.matrixrtc.e2ee;

import io.matrixrtc.olm.Ed25519PublicKey;
import java.util.Optional;
import java.util.Set;

/**
 * What our user loses with a new identity. Besides, everybody who verified our user has to do it
 * again, and those who pinned the identity are shown a change.
 *
 * @param previous the master key that goes; empty if there was no identity, and nothing is lost
 * @param usersToSignAgain users whose master key the old identity has signed: our other devices do
 *     not see them as verified any more
 * @param usersToVerifyAgain those of them who were verified here by that signature alone: they are
 *     in violation until verified again
 * @param devicesToSignAgain our other devices that the old identity has signed: nobody who asks for
 *     cross-signed devices writes to them or believes them
 * @param secretsToStoreAgain secrets that are other ones now: what secret storage holds of them is
 *     of no use
 * @param backupToSignAgain whether a server-side backup that the old master key signed must be
 *     signed again; its key and contents stay
 */
public record IdentityReset(
    Optional<Ed25519PublicKey> previous,
    Set<String> usersToSignAgain,
    Set<String> usersToVerifyAgain,
    Set<UserDevice> devicesToSignAgain,
    Set<SecretName> secretsToStoreAgain,
    boolean backupToSignAgain) {
  public IdentityReset {
    usersToSignAgain = Set.copyOf(usersToSignAgain);
    usersToVerifyAgain = Set.copyOf(usersToVerifyAgain);
    devicesToSignAgain = Set.copyOf(devicesToSignAgain);
    secretsToStoreAgain = Set.copyOf(secretsToStoreAgain);
  }

  /** Whether nothing is lost, as there was no identity. */
  public boolean isEmpty() {
    return previous.isEmpty();
  }
}
