package io.matrixrtc.cli.keys;

import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginStatus;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.client.SyncSettings;
import io.matrixrtc.client.SyncStatus;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OutgoingRequest;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A profile's device while one command runs: in sync, with its keys on the homeserver. */
final class OpenProfile implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONG_POLL = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofMillis(20);

  private final ClientThreads threads;
  private final EncryptedClient client;
  private final CompletableFuture<Void> synced = new CompletableFuture<>();
  private volatile @Nullable MatrixSession renewed;

  private OpenProfile(ClientThreads threads, MatrixSession login, SqliteCryptoStore store)
      throws CryptoStoreException {
    this.threads = threads;
    ClientSettings settings =
        threads.settings().withSync(SyncSettings.defaults().withLongPoll(LONG_POLL));
    this.client =
        EncryptedClient.builder(login, settings)
            .store(store, store.stateKey())
            .closingStore()
            .listener(this::onEvent)
            .start();
  }

  /** Opens the device, and waits until it has seen what is new. */
  static OpenProfile open(Profile profile) throws CommandFailure {
    MatrixSession login = profile.login();
    SqliteCryptoStore store = profile.openStore();
    ClientThreads threads = ClientThreads.start();
    OpenProfile open;
    try {
      open = new OpenProfile(threads, login, store);
    } catch (CryptoStoreException e) {
      threads.close();
      throw new CommandFailure("the device's keys do not open: " + e.getMessage() + ".");
    }
    boolean ready = false;
    try {
      open.await(open.synced);
      open.await(open.client.published());
      open.settle();
      open.keepRenewed(profile);
      ready = true;
      return open;
    } finally {
      if (!ready) {
        open.close();
      }
    }
  }

  private void onEvent(ClientEvent event) {
    if (event instanceof ClientEvent.Login login
        && login.status() instanceof LoginStatus.Renewed now) {
      renewed = now.session();
    } else if (event instanceof ClientEvent.EncryptionFailed failed) {
      fail("the device's keys failed: " + failed.why());
    } else if (event instanceof ClientEvent.Sync sync) {
      onSync(sync.status());
    }
  }

  private void onSync(SyncStatus status) {
    if (status instanceof SyncStatus.Running) {
      synced.complete(null);
    } else if (status instanceof SyncStatus.Failing failing) {
      fail(failing.failure().sentence());
    } else if (status instanceof SyncStatus.Ended ended) {
      fail(ended.failure().sentence());
    } else if (status instanceof SyncStatus.Suspended suspended) {
      fail(suspended.failure().sentence());
    } else if (status instanceof SyncStatus.Broken broken) {
      fail(broken.why());
    }
  }

  private void fail(String sentence) {
    synced.completeExceptionally(new SentenceException(sentence));
  }

  private void keepRenewed(Profile profile) throws CommandFailure {
    MatrixSession now = renewed;
    if (now != null) {
      profile.keep(now);
    }
  }

  EncryptedClient client() {
    return client;
  }

  UserDevice device() {
    return client.device();
  }

  /** Asks the machine. */
  <T> T ask(EncryptedClient.MachineQuery<T> query) throws CommandFailure {
    return await(client.withMachine(query));
  }

  <T> T value(CompletionStage<ApiResult<T>> call) throws CommandFailure {
    ApiResult<T> result = await(call);
    if (result instanceof ApiResult.Ok<T> ok) {
      return ok.value();
    }
    throw new CommandFailure(((ApiResult.Failed<T>) result).failure().sentence());
  }

  <T> T await(CompletionStage<T> stage) throws CommandFailure {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw late();
    } catch (ExecutionException e) {
      String why = e.getCause() == null ? null : e.getCause().getMessage();
      throw new CommandFailure(why == null ? "the device's keys failed; look into the log." : why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted.");
    }
  }

  private static CommandFailure late() {
    return new CommandFailure(
        "the homeserver has not answered everything within "
            + PATIENCE.toSeconds()
            + " seconds. Try again, or look into its log.");
  }

  /** Asks the homeserver for the newest devices and identities of these users. */
  void lookUp(Collection<String> users) throws CommandFailure {
    ask(
        machine -> {
          machine.trackUsers(users, Instant.now());
          machine.queryKeys(users, Instant.now());
          return true;
        });
    settle();
  }

  /** Waits until nothing that this device wants of the homeserver is open. */
  void settle() throws CommandFailure {
    Instant end = Instant.now().plus(PATIENCE);
    while (ask(machine -> machine.outgoingRequests(Instant.now())).stream()
        .anyMatch(request -> !(request instanceof OutgoingRequest.KeysClaim))) {
      if (Instant.now().isAfter(end)) {
        throw late();
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /** The devices and identities are as new as {@link #lookUp} made them. */
  Optional<String> unknown(String userId) throws CommandFailure {
    return ask(
        machine ->
            machine.devicesOf(userId).isEmpty() && machine.identity(userId).isEmpty()
                ? Optional.of(
                    "the homeserver lists no device of "
                        + userId
                        + " that does encryption. Check the user id.")
                : Optional.empty());
  }

  @Override
  public void close() {
    client.close();
    try {
      client.ended().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the client does not end", e);
    } finally {
      threads.close();
    }
  }

  /** Carries a sentence for people through a stage. */
  private static final class SentenceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SentenceException(String sentence) {
      super(sentence);
    }
  }
}
