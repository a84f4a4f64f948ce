package io.matrixrtc.examples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.e2ee.sqlite.SqliteCryptoStore;
import io.matrixrtc.e2ee.sqlite.StoreSecret;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two new users of a homeserver: one sends the other's device an event that only it can read. */
public final class SendEncryptedToDevice {
  private static final String TYPE = "org.example.greeting";

  private SendEncryptedToDevice() {}

  /**
   * Returns what arrived, and from which device.
   *
   * @param stores directory of the devices' keys and sessions
   */
  public static String send(URI homeserver, Path stores, String text) throws Exception {
    try (ClientThreads threads = ClientThreads.start();
        EncryptedClient alice = start("alice", homeserver, stores, threads);
        EncryptedClient bob = start("bob", homeserver, stores, threads)) {
      CompletableFuture<String> arrived = new CompletableFuture<>();
      bob.onEncrypted(
          TYPE,
          (from, content) -> arrived.complete(content.path("text").asText() + " from " + from));

      bob.published().toCompletableFuture().join(); // else alice may find no such device
      ObjectNode content = Json.newObject().put("text", text);
      DeviceAddress to = new DeviceAddress(bob.device().userId(), bob.device().deviceId());
      Map<DeviceAddress, Outcome> outcomes =
          alice.toDevice().send(TYPE, content, Set.of(to)).toCompletableFuture().join();
      if (!outcomes.containsValue(new Outcome.Sent())) {
        throw new IllegalStateException("not sent: " + outcomes);
      }
      return arrived.get(60, TimeUnit.SECONDS);
    }
  }

  private static EncryptedClient start(
      String user, URI homeserver, Path stores, ClientThreads threads) throws CryptoStoreException {
    SqliteCryptoStore store = store(stores.resolve(user + ".db"));
    return EncryptedClient.builder(register(user, homeserver, threads), threads.settings())
        .store(store, store.stateKey())
        .closingStore()
        .trust(TrustPolicy.ALL) // the default asks for cross-signed devices
        .start();
  }

  /** The next run opens the same file with the same passphrase and logs in as the same device. */
  private static SqliteCryptoStore store(Path file) throws CryptoStoreException {
    try (StoreSecret secret = StoreSecret.passphrase("correct horse".toCharArray())) {
      return SqliteCryptoStore.open(file, secret, new SecureRandom()::nextBytes);
    }
  }

  /** {@code MatrixClient.login} is the same for a user who exists. */
  private static MatrixSession register(String user, URI homeserver, ClientThreads threads) {
    Credentials credentials = Credentials.of(user, "a good password", "example");
    return MatrixClient.register(homeserver, credentials, threads.settings())
        .toCompletableFuture()
        .join()
        .orThrow();
  }

  /** {@code ./matrixrtc homeserver --port 8008} starts a homeserver to try it with. */
  public static void main(String[] arguments) throws Exception {
    String homeserver = arguments.length > 0 ? arguments[0] : "http://localhost:8008";
    Path stores = Files.createTempDirectory("stores");
    System.out.println(send(URI.create(homeserver), stores, "hello"));
  }
}
