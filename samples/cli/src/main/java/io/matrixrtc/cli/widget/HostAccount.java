package io.matrixrtc.cli.widget;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.SyncFilter;
import io.matrixrtc.client.SyncSettings;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.drivers.AccountFeed;
import io.matrixrtc.widget.drivers.WidgetAccount;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One user whose widgets are hosted, as a new device that is logged out in the end. */
final class HostAccount implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  private final EncryptedClient client;
  private final WidgetAccount widgets;
  private final StateKey storeKey;
  private final DeviceStanding standing;
  private final AccountBackup backup;

  private HostAccount(
      EncryptedClient client, WidgetAccount widgets, StateKey storeKey, DeviceStanding standing)
      throws HostingException {
    this.client = client;
    this.widgets = widgets;
    this.storeKey = storeKey;
    this.standing = standing;
    this.backup = AccountBackup.open(client);
  }

  /**
   * How to get in.
   *
   * @param recoveryKey of secret storage, so that the new device is signed and has the backup
   */
  record Entry(
      URI homeserver,
      String user,
      String password,
      boolean register,
      Optional<String> recoveryKey) {
    @Override
    public String toString() {
      return "Entry[" + homeserver + ", " + user + "]";
    }
  }

  /**
   * Logs in, gives the user an identity if there is none, and starts to sync.
   *
   * @throws HostingException if the homeserver refuses
   */
  static HostAccount open(Entry entry, TrustPolicy trust, ClientThreads threads, HttpClient media)
      throws HostingException {
    ClientSettings settings =
        threads.settings().withSync(SyncSettings.defaults().withFilter(SyncFilter.allState()));
    Credentials credentials = Credentials.of(entry.user, entry.password, "matrixrtc widget-host");
    LoginOutcome outcome =
        await(
            entry.register
                ? MatrixClient.register(entry.homeserver, credentials, settings)
                : MatrixClient.login(entry.homeserver, credentials, settings));
    if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
      throw new HostingException(entry.user + " cannot sign in. " + outcome.sentence());
    }
    MatrixClient matrix = new MatrixClient(in.session(), settings);
    StateKey key = StateKey.generate(new SecureRandom()::nextBytes);
    AccountFeed feed = new AccountFeed();
    EncryptedClient client;
    try {
      client =
          EncryptedClient.builder(matrix)
              .trust(trust)
              .store(new MemoryCryptoStore(), key)
              .closingStore()
              .listener(feed)
              .start();
    } catch (CryptoStoreException e) {
      throw new HostingException("the crypto store does not open: " + e.getMessage(), e);
    }
    HostAccount account =
        new HostAccount(
            client,
            new WidgetAccount(client, feed, media, Optional.empty()),
            key,
            new DeviceStanding(client, feed));
    boolean ready = false;
    try {
      account.setUp(entry);
      ready = true;
      return account;
    } finally {
      if (!ready) {
        account.close();
      }
    }
  }

  private void setUp(Entry entry) throws HostingException {
    await(client.published());
    if (entry.register) {
      SetupOutcome identity =
          await(
              client
                  .crossSigning()
                  .bootstrap(
                      UserAuthentication.password(client.device().userId(), entry.password)));
      if (!(identity instanceof SetupOutcome.Done)) {
        throw new HostingException(entry.user + " has no identity. " + identity.sentence());
      }
    }
    if (entry.recoveryKey.isPresent()) {
      recover(entry.recoveryKey.get());
    }
    standing.check();
  }

  private void recover(String recoveryKey) throws HostingException {
    Optional<BackupKey> found = new AccountRecovery(client).use(recoveryKey);
    if (found.isPresent()) {
      try (BackupKey key = found.get()) {
        await(backup.use(key)); // whether it fits, the page shows
      }
    }
  }

  /** What pages show of the device, and of its backup. */
  void show(HostPage page) {
    standing.show(page);
    page.showBackup(backup);
  }

  /** A page is over. */
  void forget(HostPage page) {
    standing.forget(page);
  }

  EncryptedClient client() {
    return client;
  }

  WidgetAccount widgets() {
    return widgets;
  }

  String userId() {
    return client.device().userId();
  }

  static <T> T value(CompletionStage<ApiResult<T>> call) throws HostingException {
    ApiResult<T> result = await(call);
    if (result instanceof ApiResult.Ok<T> ok) {
      return ok.value();
    } else if (result instanceof ApiResult.Failed<T> failed) {
      throw new HostingException(failed.failure().sentence());
    }
    throw new IllegalStateException("unknown result");
  }

  static <T> T await(CompletionStage<T> stage) throws HostingException {
    try {
      return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new HostingException("The homeserver took longer than " + LIMIT_SECONDS + " s.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostingException("interrupted", e);
    }
  }

  /** The device is logged out; if the homeserver is gone, it stays. */
  @Override
  public void close() {
    widgets.close();
    backup.close();
    try {
      client.logout().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      client.close();
    }
    storeKey.close();
  }
}
