package io.matrixrtc.benchmarks.restore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.download.DownloadProgress;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.BackupListener;
import io.matrixrtc.backup.service.BackupService;
import io.matrixrtc.backup.service.RoomKeysApi;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.backup.FileEntries;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.olm.GroupSession;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.SessionConfig;
import io.matrixrtc.olm.StateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client with its store on disk that syncs, calls and restores, and the devices of a call that it
 * writes to, with the embedded homeserver in this process.
 */
final class BesideWorld implements AutoCloseable {
  /** How many devices each new media key goes to. */
  static final int DEVICES = 20;

  private static final String EVENT = "io.element.call.encryption_keys";
  private static final String PASSWORD = "a password of the benchmark";
  private static final long LIMIT_SECONDS = 120;
  private static final int LOOK_EVERY_MILLIS = 2;
  private static final int KEY_BYTES = 16;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final EmbeddedHomeserver server;
  private final EncryptedClient client;
  private final BackupService service;
  private final BackupKey key;
  private final Set<DeviceAddress> devices = new LinkedHashSet<>();
  private final CompletableFuture<Void> broken = new CompletableFuture<>();
  private final RandomSource random = RandomSource.secure();
  private final String ciphertext;

  private BesideWorld(Path directory, Path answer, BackupKey key)
      throws IOException,
          InterruptedException,
          BindFailed,
          CryptoStoreException,
          VaultException,
          JsonProcessingException {
    this.key = key;
    this.ciphertext = ciphertext();
    try {
      server = opened(EmbeddedHomeserver.start(HomeserverConfig.defaults()));
      registerDevices();
      StoreSecret secret = opened(StoreSecret.key(new byte[StoreSecret.KEY_BYTES]));
      SqliteCryptoStore store =
          opened(SqliteCryptoStore.open(directory.resolve(StoreRestore.STORE), secret, random));
      ClientThreads threads = opened(ClientThreads.start());
      client = client("alice", threads, store, store.stateKey());
      open.push(() -> end(client));
      RoomKeysApi api = new RoomKeysApi(client.matrix().api());
      String version = value(api.create(BackupAuth.of(key.publicKey()))).orThrow();
      server.backups().serve(client.device().userId(), version, FileEntries.open(answer));
      service =
          BackupService.open(
              client,
              directory.resolve(StoreRestore.SPOOL),
              random,
              new BackupListener() {
                @Override
                public void broken(Exception why) {
                  broken.completeExceptionally(why);
                }
              });
      open.push(service);
    } catch (IOException
        | InterruptedException
        | BindFailed
        | CryptoStoreException
        | VaultException
        | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Makes the server, the account with its backup, and the devices. Nothing is restored yet.
   *
   * @param answer what the backup has, as {@code GET /room_keys/keys} says it
   * @param key stays the caller's
   */
  static BesideWorld open(Path directory, Path answer, BackupKey key)
      throws IOException, InterruptedException {
    try {
      return new BesideWorld(directory, answer, key);
    } catch (BindFailed | CryptoStoreException | VaultException e) {
      throw new IOException(e);
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  /** Of a session that nobody has a key of: which one a message names is in the clear beside it. */
  private String ciphertext() throws JsonProcessingException {
    ObjectNode payload = Json.newObject().put("type", "m.room.message");
    payload.putObject("content").put("body", "of a message whose key is only in the backup");
    try (GroupSession session = GroupSession.generate(SessionConfig.V1, random)) {
      return Base64Text.encode(session.encrypt(Json.mapper().writeValueAsBytes(payload)).encode());
    }
  }

  /** They publish their keys, and are not there any more: the homeserver keeps their messages. */
  private void registerDevices() throws IOException, InterruptedException, CryptoStoreException {
    try (ClientThreads threads = ClientThreads.start()) {
      for (int i = 0; i < DEVICES; i++) {
        try (StateKey storeKey = StateKey.generate(random);
            MemoryCryptoStore store = new MemoryCryptoStore()) {
          EncryptedClient device = client("device" + i, threads, store, storeKey);
          value(device.published());
          devices.add(new DeviceAddress(device.device().userId(), device.device().deviceId()));
          end(device);
        }
      }
    }
  }

  private EncryptedClient client(
      String user, ClientThreads threads, CryptoStore store, StateKey storeKey)
      throws IOException, InterruptedException, CryptoStoreException {
    var settings = threads.settings();
    LoginOutcome outcome =
        value(
            MatrixClient.register(
                server.baseUrl(), Credentials.of(user, PASSWORD, "benchmark"), settings));
    if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
      throw new IOException(outcome.sentence());
    }
    MatrixSession session = in.session();
    return EncryptedClient.builder(session, settings)
        .trust(TrustPolicy.ALL)
        .store(store, storeKey)
        .start();
  }

  private static void end(EncryptedClient client) throws IOException, InterruptedException {
    client.close();
    value(client.ended());
  }

  /** The key of the backup becomes known, and the restore is paused at once. */
  void beginPaused() throws IOException, InterruptedException {
    BackupService.KeyOutcome outcome = value(service.useKey(key));
    if (outcome != BackupService.KeyOutcome.FITS) {
      throw new IOException("the backup does not open: " + outcome);
    }
    value(service.pauseDownload());
  }

  /** The restore goes on. */
  void restore() throws IOException, InterruptedException {
    value(service.resumeDownload());
  }

  /**
   * Sees that the restore is under way.
   *
   * @return how many entries are dealt with
   * @throws IOException if it is not
   */
  long restored() throws IOException, InterruptedException {
    DownloadProgress progress =
        value(service.downloadProgress()).orElseThrow(() -> new IOException("nothing is restored"));
    if (progress.state() != DownloadState.FETCHING && progress.state() != DownloadState.IMPORTING) {
      throw new IOException(
          "the restore must be under way until the last sample, and is "
              + progress.state()
              + ": more keys are needed");
    }
    return StoreRestore.done(progress);
  }

  /** Gives all devices a new media key; completes when the homeserver has all messages. */
  CompletionStage<Void> rotate(int number) {
    byte[] mediaKey = new byte[KEY_BYTES];
    random.nextBytes(mediaKey);
    ObjectNode content = Json.newObject().put("room_id", "!call-room-id-here:example.org");
    content
        .putObject("keys")
        .put("index", number % 256)
        .put("key", Base64.getEncoder().withoutPadding().encodeToString(mediaKey));
    content.putObject("member").put("id", "01234567-89ab-cdef-0123-456789abcdef");
    content.putObject("session").put("application", "m.call").put("call_id", "");
    return client.toDevice().send(EVENT, content, devices).thenAccept(BesideWorld::requireSent);
  }

  private static void requireSent(Map<DeviceAddress, ToDeviceChannel.Outcome> outcomes) {
    outcomes.forEach(
        (device, outcome) -> {
          if (!(outcome instanceof ToDeviceChannel.Outcome.Sent)) {
            throw new IllegalStateException(device + ": " + outcome);
          }
        });
  }

  /** Whether the store has a key. */
  boolean holds(RoomKeyId id) throws IOException, InterruptedException {
    return value(client.withMachine(machine -> machine.rooms().keys().info(id).isPresent()));
  }

  /** A message cannot be read for want of this key. Returns when the store has it. */
  void want(RoomKeyId id) throws IOException, InterruptedException {
    ObjectNode event = Json.newObject().put("type", "m.room.encrypted");
    event.put("event_id", "$of-" + id.sessionId()).put("room_id", id.roomId());
    event.put("sender", "@somebody:example.org").put("origin_server_ts", 1_772_366_400_000L);
    event
        .putObject("content")
        .put("algorithm", "m.megolm.v1.aes-sha2")
        .put("session_id", id.sessionId())
        .put("ciphertext", ciphertext);
    value(client.withMachine(machine -> machine.rooms().decrypt(id.roomId(), event)));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!holds(id)) {
      if (broken.isCompletedExceptionally()) {
        value(broken);
      }
      if (System.nanoTime() > until) {
        throw new IOException("no key of " + id + " in " + LIMIT_SECONDS + " s");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }

  private static <T> T value(CompletionStage<T> stage) throws IOException, InterruptedException {
    try {
      return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer in " + LIMIT_SECONDS + " s", e);
    }
  }

  /** Ends the restore where it is, and everything else. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) { // what AutoCloseable may throw; the rest is closed all the same
        failure = new IOException(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
