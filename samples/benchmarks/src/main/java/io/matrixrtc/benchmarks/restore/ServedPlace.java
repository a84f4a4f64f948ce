package io.matrixrtc.benchmarks.restore;

import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.backup.service.BackupThreads;
import io.matrixrtc.backup.service.ClientArchive;
import io.matrixrtc.backup.service.RoomKeysApi;
import io.matrixrtc.backup.service.VersionAnswer;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.backup.FileEntries;
import io.matrixrtc.homeserver.http.BindFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The embedded homeserver in this process, over HTTP, and the store of a client. */
final class ServedPlace implements BackupPlace {
  private static final String PASSWORD = "a password of the benchmark";

  private final EmbeddedHomeserver server;
  private final ClientThreads threads;
  private final EncryptedClient client;
  private final RoomKeysApi api;
  private final BackupVersion version;

  private ServedPlace(
      EmbeddedHomeserver server,
      ClientThreads threads,
      EncryptedClient client,
      BackupVersion version) {
    this.server = server;
    this.threads = threads;
    this.client = client;
    this.api = new RoomKeysApi(client.matrix().api());
    this.version = version;
  }

  static ServedPlace open(
      Path answer, BackupKey key, SqliteCryptoStore store, BackupThreads backupThreads)
      throws IOException, CryptoStoreException {
    try {
      EmbeddedHomeserver server = EmbeddedHomeserver.start(HomeserverConfig.defaults());
      ClientThreads threads = ClientThreads.start();
      EncryptedClient client = client(server, threads, store);
      RoomKeysApi api = new RoomKeysApi(client.matrix().api());
      String name = value(api.create(BackupAuth.of(key.publicKey()))).orThrow();
      server.backups().serve(client.device().userId(), name, FileEntries.open(answer));
      if (value(api.version()) instanceof VersionAnswer.Current current) {
        return new ServedPlace(server, threads, client, current.version());
      }
      throw new IOException("the homeserver has no backup");
    } catch (BindFailed e) {
      throw new IOException(e);
    }
  }

  private static EncryptedClient client(
      EmbeddedHomeserver server, ClientThreads threads, SqliteCryptoStore store)
      throws IOException, CryptoStoreException {
    ClientSettings settings = threads.settings();
    LoginOutcome outcome =
        value(
            MatrixClient.register(
                server.baseUrl(), Credentials.of("alice", PASSWORD, "benchmark"), settings));
    if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
      throw new IOException(outcome.sentence());
    }
    return EncryptedClient.builder(in.session(), settings).store(store, store.stateKey()).open();
  }

  private static <T> T value(CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException(e);
    }
  }

  @Override
  public BackupSource source() {
    return api;
  }

  @Override
  public BackupVersion version() {
    return version;
  }

  @Override
  public Archive archive() {
    return new ClientArchive(client);
  }

  @Override
  public void close() {
    client.close();
    client.ended().toCompletableFuture().join();
    threads.close();
    server.close();
  }
}
