package io.matrixrtc.cli.widget;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupKeyException;
import io.matrixrtc.backup.recovery.RecoveryKeyException;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.SecretStorage;
import io.matrixrtc.backup.secrets.SecretStorageException;
import io.matrixrtc.backup.service.ServerAccountData;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.CrossSigningStatus;
import io.matrixrtc.e2ee.OutgoingRequest;
import io.matrixrtc.e2ee.Secret;
import io.matrixrtc.e2ee.SecretImport;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.olm.RandomSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * What a user's recovery key gives to a new device: the user's signature on it, and the key of the
 * backup. The private keys for signing come from secret storage, as other apps have left them
 * there.
 */
final class AccountRecovery {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final List<SecretName> SIGNING =
      List.of(SecretName.MASTER, SecretName.SELF_SIGNING, SecretName.USER_SIGNING);

  private final EncryptedClient client;

  AccountRecovery(EncryptedClient client) {
    this.client = client;
  }

  /**
   * Uses the recovery key, or passphrase, of secret storage; or the key of the backup alone.
   *
   * @return the key of the backup, the caller's to close, if there was one
   * @throws HostingException if it opens nothing
   */
  Optional<BackupKey> use(String typed) throws HostingException {
    SecretStorage storage =
        new SecretStorage(
            new ServerAccountData(client.matrix().api(), client.device().userId()),
            RandomSource.secure());
    try (OpenStorage open = storage.unlock(typed)) {
      awaitIdentity();
      for (SecretName name : SIGNING) {
        Optional<String> secret = open.read(name.label());
        if (secret.isPresent()) {
          take(name, secret.get());
        }
      }
      awaitSignature();
      Optional<String> backup = open.read(BackupKey.SECRET_NAME);
      return backup.isPresent()
          ? Optional.of(BackupKey.fromSecret(backup.get()))
          : Optional.empty();
    } catch (SecretStorageException e) {
      return Optional.of(keyAlone(typed, e));
    } catch (AccountDataException e) {
      throw new HostingException("the recovery key cannot be used. " + e.getMessage(), e);
    } catch (BackupKeyException e) {
      throw new HostingException("the backup key in secret storage is damaged", e);
    }
  }

  private static BackupKey keyAlone(String typed, SecretStorageException why)
      throws HostingException {
    try {
      return BackupKey.fromRecoveryKey(typed);
    } catch (RecoveryKeyException e) {
      throw new HostingException(
          switch (why.reason()) {
            case OFF -> "this account has no secret storage that a recovery key could open.";
            case WRONG_KEY, NOT_A_RECOVERY_KEY ->
                "this is not the account's recovery key. Compare it with the original.";
            case NO_DESCRIPTION, UNKNOWN_ALGORITHM, BAD_PASSPHRASE_INFO, UNREADABLE ->
                "secret storage cannot be read: " + why.getMessage() + ".";
          },
          why);
    }
  }

  private void take(SecretName name, String text) throws HostingException {
    Optional<Secret> secret = Secret.parse(name, text);
    if (secret.isEmpty()) {
      throw new HostingException(name.label() + " in secret storage is damaged");
    }
    try (Secret own = secret.get()) {
      SecretImport outcome =
          HostAccount.await(
              client.withMachine(machine -> machine.crossSigning().importSecret(own, now())));
      if (outcome == SecretImport.DOES_NOT_MATCH) {
        throw new HostingException(
            name.label() + " in secret storage belongs to another identity than the account's");
      }
    }
  }

  /** Asks for the own identity, and waits until it is known, or known not to be there. */
  private void awaitIdentity() throws HostingException {
    String user = client.device().userId();
    HostAccount.await(
        client.withMachine(
            machine -> {
              machine.trackUsers(List.of(user), now());
              machine.queryKeys(List.of(user), now());
              return true;
            }));
    until(
        () ->
            HostAccount.await(client.withMachine(machine -> machine.outgoingRequests(now())))
                .stream()
                .noneMatch(OutgoingRequest.KeysQuery.class::isInstance));
  }

  /** The homeserver shows the signature soon; if not, the page says so. */
  private void awaitSignature() throws HostingException {
    until(
        () -> {
          CrossSigningStatus status = HostAccount.await(client.crossSigning().status());
          return status.deviceSigned() || !status.held().contains(SecretName.SELF_SIGNING);
        });
  }

  @FunctionalInterface
  private interface Question {
    boolean ask() throws HostingException;
  }

  private static void until(Question question) throws HostingException {
    Instant end = now().plus(PATIENCE);
    while (!question.ask() && now().isBefore(end)) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private static Instant now() {
    return Instant.now();
  }
}
