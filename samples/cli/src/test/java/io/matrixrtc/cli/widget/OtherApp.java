package io.matrixrtc.cli.widget;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.SecretStorage;
import io.matrixrtc.backup.service.BackupListener;
import io.matrixrtc.backup.service.BackupService;
import io.matrixrtc.backup.service.ServerAccountData;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.Secret;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.Verification;
import io.matrixrtc.e2ee.VerificationOutcome;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A user's other app: it has the identity, a backup with a room key, and secret storage. */
final class OtherApp implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  final ClientThreads threads = ClientThreads.start();
  final MatrixSession session;
  final EncryptedClient client;
  private final BackupService backup;

  OtherApp(URI homeserver, String user, String password, Path spool) throws Exception {
    session =
        get(MatrixClient.register(
                homeserver, Credentials.of(user, password, "other"), threads.settings()))
            .orThrow();
    client =
        EncryptedClient.builder(session, threads.settings())
            .store(new MemoryCryptoStore(), StateKey.generate(RandomSource.secure()))
            .closingStore()
            .start();
    get(client.published());
    SetupOutcome identity =
        get(
            client
                .crossSigning()
                .bootstrap(UserAuthentication.password(session.userId(), password)));
    if (!(identity instanceof SetupOutcome.Done)) {
      throw new AssertionError(identity);
    }
    backup = BackupService.open(client, spool, RandomSource.secure(), new BackupListener() {});
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Makes a backup with one key in it, and storage for every secret; returns the recovery key. */
  String makeRecovery() throws Exception {
    String roomId =
        get(client.matrix().rooms().createRoom(NewRoom.byInvitation().encrypted())).orThrow();
    get(
        client
            .rooms()
            .send(
                roomId,
                "m.room.message",
                Json.newObject().put("msgtype", "m.text").put("body", "x")));
    Map<String, String> secrets = new LinkedHashMap<>();
    try (BackupKey key = get(backup.create(RandomSource.secure(), 0)).orThrow()) {
      secrets.put(BackupKey.SECRET_NAME, key.toSecret());
    }
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(LIMIT_SECONDS))
        .until(
            () -> {
              get(backup.flush());
              return get(backup.losses()).notUploaded() == 0;
            });
    get(
        client.withMachine(
            machine -> {
              for (SecretName name : SecretName.values()) {
                Optional<Secret> secret = machine.crossSigning().exportSecret(name);
                secret.ifPresent(own -> secrets.put(name.label(), own.toBase64()));
                secret.ifPresent(Secret::close);
              }
              return true;
            }));
    SecretStorage storage =
        new SecretStorage(
            new ServerAccountData(client.matrix().api(), session.userId()), RandomSource.secure());
    try (OpenStorage open = storage.create(secrets)) {
      return open.recoveryKey();
    }
  }

  /** What another session of the user's is to this one, by what the homeserver has of it now. */
  VerificationState standing(String deviceId) throws Exception {
    UserDevice device = new UserDevice(session.userId(), deviceId);
    get(
        client.withMachine(
            machine -> {
              machine.trackUsers(List.of(session.userId()), Instant.now());
              machine.queryKeys(List.of(session.userId()), Instant.now());
              return true;
            }));
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(LIMIT_SECONDS))
        .until(() -> get(client.withMachine(machine -> machine.find(device))).isPresent());
    return get(client.withMachine(machine -> machine.verificationOf(device))).orElseThrow();
  }

  /** Signs another session of the user's by its fingerprint. */
  void sign(String deviceId, String fingerprint) throws Exception {
    standing(deviceId);
    UserDevice device = new UserDevice(session.userId(), deviceId);
    VerificationOutcome outcome =
        get(
            client
                .crossSigning()
                .verify(Verification.ofDevice(device, Ed25519PublicKey.fromBase64(fingerprint))));
    if (!(outcome instanceof VerificationOutcome.Verified)) {
      throw new AssertionError(outcome);
    }
  }

  @Override
  public void close() {
    backup.close();
    client.close();
    threads.close();
  }
}
