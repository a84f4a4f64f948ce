package io.matrixrtc.examples;

import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.SyncFilter;
import io.matrixrtc.client.SyncSettings;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.olm.StateKey;
import java.net.URI;
import java.security.SecureRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A device of a user of a homeserver, with an identity that has signed it. */
record ExampleUser(EncryptedClient client, ClientThreads threads, StateKey key)
    implements AutoCloseable {
  private static final String PASSWORD = "a good password";

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  static ExampleUser register(String name, URI homeserver) throws Exception {
    return register(name, homeserver, event -> {});
  }

  static ExampleUser register(String name, URI homeserver, Consumer<ClientEvent> listener)
      throws Exception {
    ClientThreads threads = ClientThreads.start();
    ClientSettings settings = settings(threads);
    LoginOutcome outcome =
        get(MatrixClient.register(homeserver, Credentials.of(name, PASSWORD, "example"), settings));
    ExampleUser user = open(outcome, threads, settings, listener);
    SetupOutcome identity =
        get(user.client.crossSigning().bootstrap(UserAuthentication.password(name, PASSWORD)));
    if (!(identity instanceof SetupOutcome.Done)) {
      throw new AssertionError(identity.sentence());
    }
    return user;
  }

  /** Another device of a user who is registered. */
  static ExampleUser login(String name, URI homeserver) throws Exception {
    ClientThreads threads = ClientThreads.start();
    ClientSettings settings = settings(threads);
    return open(
        get(MatrixClient.login(homeserver, Credentials.of(name, PASSWORD, "new"), settings)),
        threads,
        settings,
        event -> {});
  }

  private static ClientSettings settings(ClientThreads threads) {
    return threads.settings().withSync(SyncSettings.defaults().withFilter(SyncFilter.allState()));
  }

  private static ExampleUser open(
      LoginOutcome outcome,
      ClientThreads threads,
      ClientSettings settings,
      Consumer<ClientEvent> listener)
      throws Exception {
    StateKey key = StateKey.generate(new SecureRandom()::nextBytes);
    EncryptedClient client =
        EncryptedClient.builder(outcome.orThrow(), settings)
            .store(new MemoryCryptoStore(), key)
            .closingStore()
            .listener(listener)
            .start();
    get(client.published());
    return new ExampleUser(client, threads, key);
  }

  /** For one call. */
  SerialScheduler scheduler() {
    return threads.settings().scheduler();
  }

  /** Makes an encrypted room that anyone may join and call in. */
  String createRoom() throws Exception {
    return get(client.matrix().rooms().createRoom(NewRoom.openForCalls())).orThrow();
  }

  @Override
  public void close() {
    client.close();
    client.ended().toCompletableFuture().join();
    key.close();
    threads.close();
  }
}
