package io.matrixrtc.backup.service;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupKeyException;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.Secret;
import io.matrixrtc.e2ee.SecretName;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private key of the backup that this device keeps: in the store, and open while the service
 * runs. Any thread may read it; it is changed on the service's scheduler.
 */
final class KeptKey {
  private static final Logger LOG = LoggerFactory.getLogger(KeptKey.class);

  private final EncryptedClient client;
  private final Archive archive;
  private volatile @Nullable BackupKey key;
  private volatile @Nullable BackupKey earlier;
  private boolean unclaimed;

  /** Takes the key that the store has, if it has one. */
  KeptKey(EncryptedClient client, Archive archive) throws VaultException {
    this.client = client;
    this.archive = archive;
    StoredBackupKey.read(archive).ifPresent(held -> key = held.key());
    this.earlier = StoredBackupKey.ofDownload(archive).orElse(null);
  }

  /** The key of a download that was not finished when another key took its place (DL-KEY). */
  @Nullable BackupKey earlier() {
    return earlier;
  }

  /** A download ended; returns whether one that waited for that may begin. */
  boolean downloadEnded() throws VaultException {
    BackupKey held = earlier;
    Optional<BackupKey> needed = StoredBackupKey.ofDownload(archive);
    needed.ifPresent(BackupKey::close);
    if (held == null || needed.isPresent()) {
      return false;
    }
    earlier = null;
    held.close();
    return true;
  }

  private void findEarlier() throws VaultException {
    if (earlier == null) {
      earlier = StoredBackupKey.ofDownload(archive).orElse(null);
    }
  }

  /** The key, which stays open until {@link #wipe}. */
  @Nullable BackupKey get() {
    return key;
  }

  /** Keeps a key, in the store too, that opens {@code version}. */
  void keep(BackupKey fitting, BackupVersion version) throws VaultException {
    StoredBackupKey.write(archive, fitting, version.version());
    key = fitting;
    findEarlier();
  }

  /** Takes the key of a version that was made, and written to the store, just now. */
  void made(BackupKey fresh) throws VaultException {
    key = fresh;
    findEarlier();
  }

  /** The backups of the account are gone. What a download has on disk keeps its key (DL-KEY). */
  void forget() throws VaultException {
    StoredBackupKey.forget(archive);
    key = null;
    findEarlier();
  }

  /** For our other devices, which ask for it by gossip. */
  Optional<Secret> secret() {
    BackupKey held = key;
    return held == null ? Optional.empty() : Secret.parse(SecretName.BACKUP, held.toSecret());
  }

  /** Gives the key to our other verified devices, which have not asked (MSC4385). */
  void push(Instant now) {
    client
        .withMachine(machine -> machine.crossSigning().pushSecret(SecretName.BACKUP, now))
        .whenComplete(
            (given, error) -> {
              if (error != null) { // they can still ask for it, or be given the recovery key
                LOG.warn(
                    "the new backup key was not given to our other devices: {}", error.toString());
              }
            });
  }

  /** Whether one of our verified devices sent a key that was not tried yet. */
  boolean hasArrived() {
    return client
        .withMachine(
            machine -> {
              Optional<Secret> secret = machine.crossSigning().receivedBackupKey();
              secret.ifPresent(Secret::close);
              return secret.isPresent();
            })
        .toCompletableFuture()
        .join();
  }

  /**
   * A key that one of our verified devices sent is tried, and kept if it fits. Only then it is
   * forgotten where it came, so that none is lost in between (AUTH-GOSSIP).
   */
  void takeGossip(BackupVersion version, Instant now) throws VaultException {
    unclaimed = false;
    Optional<Secret> received =
        client
            .withMachine(machine -> machine.crossSigning().receivedBackupKey())
            .toCompletableFuture()
            .join();
    if (received.isEmpty()) {
      return;
    }
    try (Secret secret = received.get()) {
      BackupKey sent = BackupKey.fromSecret(secret.toBase64());
      if (version.auth().isOpenedBy(sent)) {
        keep(sent, version);
      } else {
        sent.close();
      }
    } catch (BackupKeyException e) {
      throw new IllegalStateException("the machine checked it", e);
    }
    forgetGossip(now);
  }

  /**
   * There is no backup. A key that was sent is forgotten the second time: the first time it may
   * have come, with a new backup, after the server was asked (AUTH-GOSSIP).
   */
  void noBackup(Instant now) {
    boolean arrived = hasArrived();
    if (arrived && unclaimed) {
      forgetGossip(now);
    }
    unclaimed = arrived && !unclaimed;
  }

  private void forgetGossip(Instant now) {
    client
        .withMachine(
            machine -> {
              machine.crossSigning().forgetReceivedBackupKey(now);
              return true;
            })
        .toCompletableFuture()
        .join();
  }

  /** A copy, to be closed on its own. */
  static BackupKey copy(BackupKey given) {
    try {
      return BackupKey.fromSecret(given.toSecret());
    } catch (BackupKeyException e) {
      throw new IllegalStateException("a key writes what it reads", e);
    }
  }

  /** Closes the key; the store keeps it. */
  void wipe() {
    BackupKey held = key;
    BackupKey before = earlier;
    key = null;
    earlier = null;
    if (held != null) {
      held.close();
    }
    if (before != null) {
      before.close();
    }
  }
}
