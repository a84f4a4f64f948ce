package io.matrixrtc.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.keyfile.KeyFileException;
import io.matrixrtc.backup.keyfile.KeyFileExport;
import io.matrixrtc.backup.keyfile.KeyFileImport;
import io.matrixrtc.backup.keyfile.KeyFileWriter;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.SecretStorage;
import io.matrixrtc.backup.secrets.SecretStorageException;
import io.matrixrtc.backup.service.BackupListener;
import io.matrixrtc.backup.service.BackupService;
import io.matrixrtc.backup.service.ClientArchive;
import io.matrixrtc.backup.service.HistoryListener;
import io.matrixrtc.backup.service.HistorySharing;
import io.matrixrtc.backup.service.RoomKeysApi;
import io.matrixrtc.backup.service.ServerAccountData;
import io.matrixrtc.backup.service.ShareOutcome;
import io.matrixrtc.backup.service.VersionAnswer;
import io.matrixrtc.backup.sharing.BundleInbox.Outcome;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.HistoryVisibility;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.RandomSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Backups, secret storage, key files and shared history with matrix-js-sdk, on any homeserver. */
final class BackupScenario {
  private static final Duration SOON = Duration.ofSeconds(40);
  static final String PASSPHRASE = "correct horse b\u00e4ttery staple";

  private final World world;
  private final UnaryOperator<String> names;
  private final Path directory;
  private int spools;

  /**
   * Names users by {@code names}, so that they are new on a homeserver that runs longer.
   *
   * @param directory for spools
   */
  BackupScenario(World world, UnaryOperator<String> names, Path directory) {
    this.world = world;
    this.names = names;
    this.directory = directory;
  }

  private OurDevice ours(String name) throws Exception {
    return world.ours(names.apply(name));
  }

  private Peer sdk(Peer.Account account, String device) throws Exception {
    return world.peer(JsSdkTest.COMMAND, account, device);
  }

  private static RoomKeyVault vault(OurDevice device) {
    return new ArchiveVault(new ClientArchive(device.client()));
  }

  static SecretStorage storage(OurDevice device) {
    return new SecretStorage(
        new ServerAccountData(device.client().matrix().api(), device.address().userId()),
        RandomSource.secure());
  }

  private static Optional<BackupVersion> version(OurDevice device) {
    VersionAnswer answer = World.get(new RoomKeysApi(device.client().matrix().api()).version());
    return answer instanceof VersionAnswer.Current now
        ? Optional.of(now.version())
        : Optional.empty();
  }

  static void signIdentity(OurDevice device) {
    assertThat(
            World.get(
                device
                    .client()
                    .crossSigning()
                    .bootstrap(
                        UserAuthentication.password(device.address().userId(), World.password()))))
        .isInstanceOf(SetupOutcome.Done.class);
    await() // others see it only then
        .atMost(SOON)
        .until(
            () ->
                World.get(device.client().crossSigning().status()).signaturesToUpload().isEmpty());
  }

  private static ObjectNode room(String room) {
    return Json.newObject().put("room", room);
  }

  /** Downloads that were told of, by their states. */
  private static final class Downloads implements BackupListener {
    final List<DownloadProgress> told = new CopyOnWriteArrayList<>();
    final List<Long> remaining = new CopyOnWriteArrayList<>();

    @Override
    public void download(DownloadProgress progress) {
      told.add(progress);
    }

    @Override
    public void remaining(long keys) {
      remaining.add(keys);
    }

    boolean areDone() {
      return told.stream().anyMatch(progress -> progress.state() == DownloadState.DONE);
    }
  }

  private BackupService service(OurDevice device, BackupListener listener) throws Exception {
    return BackupService.open(
        device.client(), directory.resolve("spool-" + ++spools), RandomSource.secure(), listener);
  }

  /** What opens a backup that the SDK made, and a message whose key is in it. */
  private record Made(
      Peer.Account account, Peer owner, String recoveryKey, String room, String message) {}

  /** Bob, of ours, writes to Alice, whose SDK makes a backup with the key of that. */
  private Made sdkMakesABackup() throws Exception {
    OurDevice bob = ours("bob");
    String room = world.room(bob);
    Peer.Account account = world.account(names.apply("alice"));
    Peer alice = sdk(account, "FIRST");
    alice.joinRoom(room);
    alice.crossSign();
    bob.follow(account.userId());
    await().atMost(SOON).until(() -> bob.knows(alice.address()));
    String message = bob.post(room, "kept for later").eventId();
    await().atMost(SOON).until(() -> alice.read().contains(message));
    ObjectNode made = alice.call("createBackup", Json.newObject().put("passphrase", PASSPHRASE));
    OurDevice viewer = world.ours(world.login(account.userId()));
    await().atMost(SOON).until(() -> version(viewer).map(BackupVersion::count).orElse(0L) >= 1);
    return new Made(account, alice, made.path("recoveryKey").asText(), room, message);
  }

  /** Made by the SDK, restored by us: by recovery key and by passphrase; the old message opens. */
  void weRestoreWhatTheSdkBackedUp() throws Exception {
    Made made = sdkMakesABackup();
    for (String typed : List.of(made.recoveryKey(), PASSPHRASE)) {
      OurDevice device = world.ours(world.login(made.account().userId()));
      assertThat(device.hasRead(made.message())).isFalse();
      Downloads downloads = new Downloads();
      try (BackupService service = service(device, downloads)) {
        SecretStorage storage = storage(device);
        assertThatThrownBy(() -> storage.unlock("another passphrase"))
            .isInstanceOf(SecretStorageException.class);
        try (OpenStorage open = storage.unlock(typed);
            BackupKey key = BackupKey.fromSecret(open.read(BackupKey.SECRET_NAME).orElseThrow())) {
          assertThat(World.get(service.useKey(key))).isEqualTo(BackupService.KeyOutcome.FITS);
        }
        await().atMost(SOON).until(downloads::areDone);
        await().atMost(SOON).until(() -> device.hasRead(made.message()));
      }
    }
  }

  /** Made by us, restored by the SDK: by recovery key and by passphrase; the old message opens. */
  void theSdkRestoresWhatWeBackedUp() throws Exception {
    OurDevice bob = ours("bob");
    String room = world.room(bob);
    OurDevice alice = ours("alice");
    alice.joinRoom(room);
    signIdentity(alice);
    String user = alice.address().userId();
    bob.follow(user);
    await().atMost(SOON).until(() -> bob.knows(alice.address()));
    String message = bob.post(room, "kept for later").eventId();
    await().atMost(SOON).until(() -> alice.hasRead(message));
    Downloads uploads = new Downloads();
    String recoveryKey;
    try (BackupService service = service(alice, uploads);
        BackupKey key = World.get(service.create(RandomSource.secure(), 0)).orThrow()) {
      try (OpenStorage storage =
          storage(alice).create(PASSPHRASE, Map.of(BackupKey.SECRET_NAME, key.toSecret()))) {
        recoveryKey = storage.recoveryKey();
      }
      await()
          .atMost(SOON)
          .until(
              () -> {
                World.get(service.flush());
                return uploads.remaining.contains(0L);
              });
    }
    Peer.Account account = new Peer.Account(user, World.password());
    int device = 0;
    for (Map.Entry<String, String> way :
        List.of(Map.entry("recoveryKey", recoveryKey), Map.entry("passphrase", PASSPHRASE))) {
      Peer peer = sdk(account, "SDK" + ++device);
      assertThat(peer.read()).doesNotContain(message);
      ObjectNode restored =
          peer.call("restoreBackup", Json.newObject().put(way.getKey(), way.getValue()));
      assertThat(restored.path("imported").asInt()).isPositive();
      assertThat(restored.path("imported")).isEqualTo(restored.path("total"));
      await().atMost(SOON).until(() -> peer.read().contains(message));
      assertThat(
              peer.call("backupTrust", Json.newObject())
                  .path("matchesDecryptionKey")
                  .booleanValue())
          .isTrue();
    }
  }

  /** Key files as Element writes them, both ways; a wrong passphrase and a bent file do nothing. */
  void keyFilesGoBothWays() throws Exception {
    Made made = sdkMakesABackup();
    ObjectNode phrase = Json.newObject().put("passphrase", PASSPHRASE);
    String theirs = made.owner().call("exportKeys", phrase).path("file").asText();
    OurDevice device = world.ours(world.login(made.account().userId()));
    RoomKeyVault vault = vault(device);
    byte[] bytes = theirs.getBytes(UTF_8);
    assertThatThrownBy(
            () -> KeyFileImport.run(() -> new ByteArrayInputStream(bytes), "another", vault))
        .isInstanceOf(KeyFileException.class);
    assertThat(device.hasRead(made.message())).isFalse();
    KeyFileImport.Report report =
        KeyFileImport.run(() -> new ByteArrayInputStream(bytes), PASSPHRASE, vault);
    assertThat(report.imported()).isPositive();
    assertThat(report.skippedCount()).isZero();
    await().atMost(SOON).until(() -> device.hasRead(made.message()));

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (KeyFileWriter writer = new KeyFileWriter(out, PASSPHRASE, RandomSource.secure())) {
      KeyFileExport.run(vault, kept -> true, writer);
      writer.finish();
    }
    Peer peer = sdk(made.account(), "READER");
    assertThat(peer.call("heldKeys", room(made.room())).path("sessions")).isEmpty();
    peer.call(
        "importKeys",
        Json.newObject().put("passphrase", PASSPHRASE).put("file", out.toString(UTF_8)));
    assertThat(peer.call("heldKeys", room(made.room())).path("sessions")).isNotEmpty();
    await().atMost(SOON).until(() -> peer.read().contains(made.message()));
  }

  /** The SDK invites us, and we read what was said before. */
  void historyOfTheSdkIsTakenByUs() throws Exception {
    Peer bob = sdk(world.account(names.apply("bob")), "BOBDEVICE");
    bob.crossSign();
    String room = bob.call("createSharedRoom", Json.newObject()).path("room").asText();
    bob.joinRoom(room); // until it knows that the room is encrypted
    String message = bob.post(room, "long ago");

    OurDevice alice = ours("alice");
    signIdentity(alice);
    List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    HistoryListener listener =
        new HistoryListener() {
          @Override
          public void bundle(String of, String sender, Outcome outcome, int keys, String why) {
            outcomes.add(outcome);
          }
        };
    try (HistorySharing sharing =
        HistorySharing.open(alice.client(), Optional.empty(), RandomSource.secure(), listener)) {
      bob.call("invite", room(room).put("user", alice.address().userId()));
      World.get(sharing.accept(room, bob.address().userId())).orThrow();
      await().atMost(SOON).until(() -> outcomes.contains(Outcome.IMPORTED));
      await().atMost(SOON).until(() -> alice.hasRead(message));
    }
  }

  /** We invite the SDK, and it reads what was said before. */
  void historyOfOursIsTakenByTheSdk() throws Exception {
    OurDevice alice = ours("alice");
    signIdentity(alice);
    String room = world.room(alice, HistoryVisibility.SHARED, 100);
    String message = alice.post(room, "long ago").eventId();
    Peer bob = sdk(world.account(names.apply("bob")), "BOBDEVICE");
    bob.crossSign();
    try (HistorySharing sharing =
        HistorySharing.open(
            alice.client(), Optional.empty(), RandomSource.secure(), new HistoryListener() {})) {
      HistorySharing.Invited invited = World.get(sharing.invite(room, bob.address().userId()));
      assertThat(invited.invite().orThrow()).isTrue();
      assertThat(invited.history())
          .isInstanceOfSatisfying(
              ShareOutcome.Shared.class,
              shared -> assertThat(shared.devices()).containsEntry("BOBDEVICE", true));
      bob.call("acceptInvite", room(room));
      await().atMost(SOON).until(() -> bob.read().contains(message));
    }
  }
}
