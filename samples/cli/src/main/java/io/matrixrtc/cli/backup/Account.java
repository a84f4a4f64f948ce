package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.secrets.AccountData;
import io.matrixrtc.backup.secrets.SecretStorage;
import io.matrixrtc.backup.service.BackupVersions;
import io.matrixrtc.backup.service.ClientArchive;
import io.matrixrtc.backup.service.RoomKeysApi;
import io.matrixrtc.backup.service.ServerAccountData;
import io.matrixrtc.backup.service.VersionAnswer;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.RetryPolicy;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.olm.RandomSource;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A device of an account with its homeserver, as the commands use it. It does not sync. */
final class Account implements AutoCloseable {
  private static final RetryPolicy RETRIES =
      new RetryPolicy(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(5));
  private static final int END_SECONDS = 30;

  private final StoreFile files;
  private final SqliteCryptoStore store;
  private final ClientThreads threads;
  private final EncryptedClient client;
  private final Archive archive;
  private final ArchiveVault vault;
  private final RoomKeysApi api;
  private final AccountData accountData;

  private Account(
      StoreFile files, SqliteCryptoStore store, ClientThreads threads, EncryptedClient client) {
    this.files = files;
    this.store = store;
    this.threads = threads;
    this.client = client;
    this.archive = new ClientArchive(client);
    this.vault = new ArchiveVault(archive, InstantSource.system());
    this.api = new RoomKeysApi(client.matrix().api());
    this.accountData = new ServerAccountData(client.matrix().api(), client.device().userId());
  }

  static Account open(AccountOptions options) throws CommandFailure {
    ClientThreads threads = ClientThreads.start();
    SqliteCryptoStore store = null;
    Account account = null;
    try {
      ClientSettings settings = threads.settings().withRetries(RETRIES);
      StoreFile files = options.files();
      if (!Files.exists(files.login())) {
        LoginFile.write(files.login(), login(options, settings));
      }
      store = files.open();
      EncryptedClient client =
          EncryptedClient.builder(LoginFile.read(files.login()), settings)
              .store(store, store.stateKey())
              .open();
      account = new Account(files, store, threads, client);
      return account;
    } catch (CryptoStoreException e) {
      throw new CommandFailure("the store does not open: " + e.getMessage());
    } finally {
      if (account == null) {
        if (store != null) {
          store.close();
        }
        threads.close();
      }
    }
  }

  private static MatrixSession login(AccountOptions options, ClientSettings settings)
      throws CommandFailure {
    URI homeserver = options.homeserver();
    Credentials credentials =
        Credentials.of(options.user(), options.password(), "matrixrtc backup");
    LoginOutcome outcome =
        MatrixClient.login(homeserver, credentials, settings).toCompletableFuture().join();
    if (outcome instanceof LoginOutcome.LoggedIn in) {
      return in.session();
    }
    throw new CommandFailure(outcome.sentence());
  }

  StoreFile files() {
    return files;
  }

  EncryptedClient client() {
    return client;
  }

  Archive archive() {
    return archive;
  }

  ArchiveVault vault() {
    return vault;
  }

  RoomKeysApi api() {
    return api;
  }

  AccountData accountData() {
    return accountData;
  }

  SecretStorage secretStorage() {
    return new SecretStorage(accountData, RandomSource.secure());
  }

  BackupVersions versions() {
    return new BackupVersions(client, archive, vault, api);
  }

  /** The current backup version; empty if there is none. */
  Optional<BackupVersion> version() throws CommandFailure {
    VersionAnswer answer = api.version().toCompletableFuture().join();
    if (answer instanceof VersionAnswer.Unknown unknown) {
      throw new CommandFailure(unknown.sentence());
    }
    return answer instanceof VersionAnswer.Current current
        ? Optional.of(current.version())
        : Optional.empty();
  }

  /** The current backup version, which must be there. */
  BackupVersion needVersion() throws CommandFailure {
    return version()
        .orElseThrow(
            () -> new CommandFailure("there is no backup on the server. Try: backup enable"));
  }

  private static void await(CompletionStage<Void> stage) {
    stage.toCompletableFuture().copy().orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    client.close();
    await(client.ended());
    // Requests that had not begun are let go by a task of the scheduler: the threads end after it
    await(CompletableFuture.runAsync(() -> {}, client.matrix().settings().scheduler()));
    store.close();
    threads.close();
  }
}
