package io.matrixrtc.cli.call;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.JdkHttpTransport;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.olm.StateKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A device that is made for one call and logged out after it. Its keys are in memory only. The
 * methods block.
 */
final class CallDevice implements AutoCloseable {
  private static final String NAME = "matrixrtc call";
  private static final long LIMIT_SECONDS = 60;

  private final ScheduledExecutorService pool;
  private final EncryptedClient client;
  private final StateKey storeKey;

  private CallDevice(ScheduledExecutorService pool, EncryptedClient client, StateKey storeKey) {
    this.pool = pool;
    this.client = client;
    this.storeKey = storeKey;
  }

  static CallDevice logIn(CallOptions options, SecureRandom random) throws CommandFailure {
    ScheduledExecutorService pool =
        Executors.newScheduledThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "call");
              thread.setDaemon(true);
              return thread;
            });
    boolean opened = false;
    try {
      ClientSettings settings = ClientSettings.of(new JdkHttpTransport(pool), scheduler(pool));
      LoginOutcome outcome =
          await(
              MatrixClient.login(
                  options.homeserver(),
                  Credentials.of(options.user(), options.password(), NAME),
                  settings));
      if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
        throw new CommandFailure(outcome.sentence());
      }
      StateKey storeKey = StateKey.generate(random::nextBytes);
      EncryptedClient client =
          EncryptedClient.builder(new MatrixClient(in.session(), settings))
              .trust(TrustPolicy.named(options.trust()))
              .store(new MemoryCryptoStore(), storeKey)
              .closingStore()
              .random(random::nextBytes)
              .start();
      opened = true;
      return new CallDevice(pool, client, storeKey).prepared(options);
    } catch (CryptoStoreException e) {
      throw new CommandFailure("the store does not open: " + e.getMessage());
    } finally {
      if (!opened) {
        pool.shutdownNow();
      }
    }
  }

  /** Waits until others can write to it, and gives its user an identity if asked. */
  private CallDevice prepared(CallOptions options) throws CommandFailure {
    boolean ready = false;
    try {
      await(client.published());
      if (options.newIdentity()) {
        setUpIdentity(options);
      }
      ready = true;
      return this;
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  private void setUpIdentity(CallOptions options) throws CommandFailure {
    SetupOutcome outcome =
        await(
            client
                .crossSigning()
                .bootstrap(UserAuthentication.password(options.user(), options.password())));
    if (!(outcome instanceof SetupOutcome.Done)) {
      throw new CommandFailure("the user could not be given an identity. " + outcome.sentence());
    }
  }

  private static PoolScheduler scheduler(ScheduledExecutorService pool) {
    return new PoolScheduler(pool, Clock.systemUTC());
  }

  EncryptedClient client() {
    return client;
  }

  /** A serial executor of its own, on the device's threads. */
  PoolScheduler scheduler() {
    return scheduler(pool);
  }

  String joinRoom(String room) throws CommandFailure {
    return value(await(client.matrix().rooms().join(room)));
  }

  static <T> T value(ApiResult<T> result) throws CommandFailure {
    if (result instanceof ApiResult.Ok<T> ok) {
      return ok.value();
    } else if (result instanceof ApiResult.Failed<T> failed) {
      throw new CommandFailure(failed.failure().sentence());
    }
    throw new IllegalStateException("unknown result");
  }

  static <T> T await(CompletionStage<T> stage) throws CommandFailure {
    try {
      return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CommandFailure("the homeserver did not answer for " + LIMIT_SECONDS + " seconds");
    } catch (ExecutionException e) {
      throw new CommandFailure(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
  }

  /** Logs the device out, which deletes it. */
  @Override
  public void close() {
    try {
      await(client.logout());
    } catch (CommandFailure e) {
      client.close(); // the device stays; nothing more can be done about it
    } finally {
      storeKey.close();
      pool.shutdownNow();
    }
  }
}
