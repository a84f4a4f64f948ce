package io.matrixrtc.cli.widget;

import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginStatus;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.SyncFilter;
import io.matrixrtc.client.SyncSettings;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.drivers.AccountFeed;
import io.matrixrtc.widget.drivers.WidgetAccount;
import java.net.http.HttpClient;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One user whose widgets are hosted, on a device of its own. */
final class HostAccount implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  private final DeviceLogin login;
  private final EncryptedClient client;
  private final WidgetAccount widgets;
  private final DeviceStanding standing;
  private final AccountBackup backup;

  private HostAccount(
      DeviceLogin login, EncryptedClient client, WidgetAccount widgets, DeviceStanding standing)
      throws HostingException {
    this.login = login;
    this.client = client;
    this.widgets = widgets;
    this.standing = standing;
    this.backup = AccountBackup.open(client);
  }

  /**
   * Starts the device, and waits until others can write to it.
   *
   * @param recoveryKey of secret storage, so that the device is signed and has the backup
   * @throws HostingException if the homeserver refuses
   */
  static HostAccount open(
      DeviceLogin login,
      Optional<String> recoveryKey,
      TrustPolicy trust,
      ClientThreads threads,
      HttpClient media)
      throws HostingException {
    ClientSettings settings =
        threads.settings().withSync(SyncSettings.defaults().withFilter(SyncFilter.allState()));
    MatrixClient matrix = new MatrixClient(login.session(settings), settings);
    AccountFeed feed = new AccountFeed();
    feed.follow(
        event -> {
          if (event instanceof ClientEvent.Login now
              && now.status() instanceof LoginStatus.Renewed renewed) {
            login.renewed(renewed.session());
          }
        });
    EncryptedClient client;
    try {
      client = login.keys(matrix).trust(trust).listener(feed).start();
    } catch (CryptoStoreException e) {
      throw new HostingException("the device's keys do not open: " + e.getMessage() + ".", e);
    }
    HostAccount account =
        new HostAccount(
            login,
            client,
            new WidgetAccount(client, feed, media, Optional.empty()),
            new DeviceStanding(client, feed));
    boolean ready = false;
    try {
      account.setUp(recoveryKey);
      ready = true;
      return account;
    } finally {
      if (!ready) {
        account.close();
      }
    }
  }

  private void setUp(Optional<String> recoveryKey) throws HostingException {
    await(client.published());
    login.ready(client);
    if (recoveryKey.isPresent()) {
      recover(recoveryKey.get());
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

  @Override
  public void close() {
    widgets.close();
    backup.close();
    login.end(client);
  }
}
