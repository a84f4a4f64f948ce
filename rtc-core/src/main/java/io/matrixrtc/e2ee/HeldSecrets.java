package io.matrixrtc.e2ee;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The secrets of our user that this device has: its private keys, and what the app keeps. */
final class HeldSecrets {
  private final OwnIdentity own;
  private BackupKeyPort backup = Optional::empty;

  HeldSecrets(OwnIdentity own) {
    this.own = own;
  }

  void backupKeys(BackupKeyPort port) {
    backup = port;
  }

  /** Returns a secret, which the caller closes. */
  Optional<Secret> find(SecretName name) throws CryptoStoreException {
    return name.usage().isPresent() ? own.secret(name.usage().get()) : backup.backupKey();
  }

  Set<SecretName> names() throws CryptoStoreException {
    Set<SecretName> names = EnumSet.noneOf(SecretName.class);
    for (SecretName name : SecretName.values()) {
      Optional<Secret> secret = find(name);
      if (secret.isPresent()) {
        secret.get().close();
        names.add(name);
      }
    }
    return names;
  }
}
