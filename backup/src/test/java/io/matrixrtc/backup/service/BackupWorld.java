package io.matrixrtc.backup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.archive.StoredBackupKey;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.preference.PreferenceEffect;
import io.matrixrtc.backup.preference.PreferenceSettings;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.upload.UploadFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.Verification;
import io.matrixrtc.e2ee.VerificationOutcome;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.StateKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Devices of one account with the embedded homeserver, over HTTP. */
abstract class BackupWorld {
  static final String ROOM = "!room:localhost";
  static final String PASSWORD = "one password";
  static final Duration LIMIT = Duration.ofSeconds(60);
  static final int KEYS = 130;

  @TempDir Path directory;
  EmbeddedHomeserver server;
  ClientThreads threads;
  final List<Device> devices = new ArrayList<>();
  final List<Exchange> exchanges = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedHomeserver.start(HomeserverConfig.defaults().withPort(0));
    server.requestLog().listen(exchanges::add);
    threads = ClientThreads.start();
  }

  @AfterEach
  void stop() {
    devices.forEach(Device::close);
    threads.close();
    server.close();
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** A device with its service, which may be closed and opened again. */
  final class Device implements BackupListener {
    final MatrixSession session;
    final MemoryCryptoStore store = new MemoryCryptoStore();
    final UnaryOperator<CryptoStore> seenAs;
    final List<DownloadProgress> downloads = new CopyOnWriteArrayList<>();
    final List<Long> remaining = new CopyOnWriteArrayList<>();
    final List<String> judgements = new CopyOnWriteArrayList<>();
    final List<String> troubles = new CopyOnWriteArrayList<>();
    final List<PreferenceEffect> preferences = new CopyOnWriteArrayList<>();
    EncryptedClient client;
    BackupService service;

    Device(boolean first) throws Exception {
      this(first, PreferenceSettings.DEFAULT);
    }

    Device(boolean first, PreferenceSettings settings) throws Exception {
      this(first, settings, UnaryOperator.identity());
    }

    Device(boolean first, UnaryOperator<CryptoStore> seenAs) throws Exception {
      this(first, PreferenceSettings.DEFAULT, seenAs);
    }

    private Device(boolean first, PreferenceSettings settings, UnaryOperator<CryptoStore> seenAs)
        throws Exception {
      this.seenAs = seenAs;
      Credentials credentials = Credentials.of("alice", PASSWORD, "test");
      session =
          get(first
                  ? MatrixClient.register(server.baseUrl(), credentials, threads.settings())
                  : MatrixClient.login(server.baseUrl(), credentials, threads.settings()))
              .orThrow();
      devices.add(this);
      open(settings);
    }

    void open() throws Exception {
      open(PreferenceSettings.DEFAULT);
    }

    void open(PreferenceSettings settings) throws Exception {
      client =
          EncryptedClient.builder(session, threads.settings())
              .store(seenAs.apply(store), StateKey.copyOf(new byte[StateKey.BYTES]))
              .open();
      service =
          BackupService.open(
              client, directory.resolve(session.deviceId()), settings, TestRandom.of(3), this);
    }

    /** The program ends and starts again. */
    void restart(PreferenceSettings settings) throws Exception {
      close();
      get(client.ended());
      judgements.clear();
      downloads.clear();
      preferences.clear();
      troubles.clear();
      open(settings);
    }

    void close() {
      service.close();
      client.close();
    }

    ArchiveVault vault() {
      return new ArchiveVault(new ClientArchive(client));
    }

    void addKeys(int from, int to) throws Exception {
      List<ExportedRoomKey> keys = new ArrayList<>();
      for (int i = from; i < to; i++) {
        keys.add(TestKeys.roomKey(ROOM, i, i % 3, false));
      }
      vault().merge(keys, Optional.empty());
      keys.forEach(ExportedRoomKey::close);
    }

    int held() throws Exception {
      return vault().keysAfter(Optional.empty(), 10_000).size();
    }

    BackupKey create(long seed) throws Exception {
      return create(seed, 0);
    }

    BackupKey create(long seed, long confirmedLoss) throws Exception {
      judgements.clear();
      remaining.clear();
      ApiResult<BackupKey> created = get(service.create(TestRandom.of(seed), confirmedLoss));
      String version = // what is told may still be of the version before
          StoredBackupKey.read(new ClientArchive(client)).orElseThrow().version();
      await().atMost(LIMIT).until(() -> judgements.contains("true true"));
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                service.flush();
                assertThat(vault().countNotBackedUp(version)).as("%s", troubles).isZero();
                assertThat(remaining).as("%s", troubles).contains(0L);
              });
      return created.orThrow();
    }

    void awaitState(DownloadState state) {
      await()
          .atMost(LIMIT)
          .until(() -> downloads.stream().anyMatch(progress -> progress.state() == state));
    }

    @Override
    public void judged(Optional<BackupVersion> version, boolean mayRead, boolean mayUpload) {
      judgements.add(version.isEmpty() ? "none" : mayRead + " " + mayUpload);
    }

    @Override
    public void download(DownloadProgress progress) {
      downloads.add(progress);
    }

    @Override
    public void preference(PreferenceEffect effect) {
      preferences.add(effect);
    }

    @Override
    public void broken(Exception why) {
      troubles.add(String.valueOf(why));
    }

    @Override
    public void unknown(String sentence) {
      troubles.add(sentence);
    }

    @Override
    public void uploadsOff(UploadFailure.Kind reason) {
      troubles.add("off: " + reason);
    }

    @Override
    public void remaining(long keys) {
      remaining.add(keys);
    }
  }

  Device firstWithBackup() throws Exception {
    Device first = new Device(true);
    first.addKeys(0, KEYS);
    await().atMost(LIMIT).until(() -> first.judgements.contains("none"));
    return first;
  }

  static void verify(Device by, Device device) throws Exception {
    UserDevice address = device.client.device();
    await().atMost(LIMIT).until(() -> get(by.client.withMachine(m -> m.find(address))).isPresent());
    Ed25519PublicKey fingerprint = get(device.client.withMachine(m -> m.identityKeys().ed25519()));
    assertThat(get(by.client.crossSigning().verify(Verification.ofDevice(address, fingerprint))))
        .isInstanceOf(VerificationOutcome.Verified.class);
  }

  long wholeFetches() {
    return asked("GET", "/room_keys/keys$");
  }

  /** How many requests of this method, whose path has a match of {@code path}, were answered. */
  long asked(String method, String path) {
    Pattern pattern = Pattern.compile(path);
    return exchanges.stream()
        .filter(one -> one.method().equals(method) && pattern.matcher(one.path()).find())
        .count();
  }

  Device withKeysAdded(Device device, int from, int to) throws Exception {
    device.addKeys(from, to);
    device.remaining.clear();
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              device.service.flush();
              return device.vault().countNotBackedUp("1") == 0;
            });
    return device;
  }
}
