package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.ALL;
import static io.matrixrtc.client.TestDevice.TYPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens that end while encrypted clients run, over real HTTP on the embedded homeserver. */
class LoginHomeserverTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
  private final HttpTransport http = new JdkHttpTransport(pool);
  private final List<TestDevice> devices = new ArrayList<>();
  private EmbeddedHomeserver homeserver;

  @BeforeEach
  void start() throws Exception {
    homeserver =
        EmbeddedHomeserver.start(
            HomeserverConfig.defaults().withRefreshableLifetime(Duration.ofSeconds(2)));
  }

  @AfterEach
  void stop() {
    devices.forEach(TestDevice::close);
    homeserver.close();
    pool.shutdownNow();
  }

  private SerialScheduler scheduler() {
    return new PoolScheduler(pool, InstantSource.system());
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private TestDevice device(String user, boolean refreshable) throws Exception {
    ClientSettings settings = ClientSettings.of(http, scheduler());
    Credentials credentials = Credentials.of(user, "pass-" + user, "test");
    get(MatrixClient.register(homeserver.baseUrl(), credentials, settings)).orThrow();
    MatrixSession session =
        get(MatrixClient.login(
                homeserver.baseUrl(),
                refreshable ? credentials.withRefresh() : credentials,
                settings))
            .orThrow();
    assertThat(session.refreshToken().isPresent()).isEqualTo(refreshable);
    TestDevice device =
        new TestDevice(
            session, http, scheduler(), ALL, new MemoryCryptoStore(), devices.size() + 1L);
    devices.add(device);
    device.client.start();
    get(device.client.published());
    return device;
  }

  private static ObjectNode text(String text) {
    return Json.newObject().put("text", text);
  }

  private static Outcome send(TestDevice from, String text, TestDevice to) throws Exception {
    return get(from.client.toDevice().send(TYPE, text(text), Set.of(to.address))).values().iterator().next();
  }

  private static long told(TestDevice device, Class<? extends LoginStatus> status) {
    return device.events.stream()
        .filter(ClientEvent.Login.class::isInstance)
        .filter(event -> status.isInstance(((ClientEvent.Login) event).status()))
        .count();
  }

  @Test
  void loginRefreshOverHttpMessagesGoOnThroughManyTokens() throws Exception {
    TestDevice alice = device("alice", true);
    TestDevice bob = device("bob", false);
    List<String> expected = new ArrayList<>();
    for (int token = 1; token <= 3; token++) {
      int renewals = token;
      await().atMost(SOON).until(() -> told(alice, LoginStatus.Renewed.class) >= renewals);
      assertThat(send(alice, "out " + token, bob)).isEqualTo(new Outcome.Sent());
      expected.add("in " + token);
      assertThat(send(bob, "in " + token, alice)).isEqualTo(new Outcome.Sent());
      await().atMost(SOON).until(() -> alice.received.equals(expected));
    }
    assertThat(bob.received).containsExactly("out 1", "out 2", "out 3");
    assertThat(told(alice, LoginStatus.SoftLoggedOut.class)).isZero();
    MatrixSession now = alice.client.matrix().session();
    assertThat(now.token().reveal()).isNotEqualTo(alice.session.token().reveal());
  }

  @Test
  void loginSoftOverHttpWhatWaitedGoesOutAfterTheNextLogin() throws Exception {
    TestDevice alice = device("alice", false);
    TestDevice bob = device("bob", false);
    assertThat(send(alice, "before", bob)).isEqualTo(new Outcome.Sent());
    homeserver.expireToken(alice.address.userId(), alice.address.deviceId());
    // The sync that waits was begun with the old token; the next request meets the end of it.
    CompletableFuture<Optional<Outcome>> held =
        alice
            .client
            .toDevice()
            .send(TYPE, text("held"), Set.of(bob.address))
            .thenApply(outcomes -> Optional.ofNullable(outcomes.get(bob.address)))
            .toCompletableFuture();
    await().atMost(SOON).until(() -> told(alice, LoginStatus.SoftLoggedOut.class) == 1);
    assertThat(held).isNotDone();
    assertThat(bob.received).doesNotContain("held");
    assertThat(send(bob, "meanwhile", alice)).isEqualTo(new Outcome.Sent());

    assertThat(get(alice.client.matrix().loginAgain("pass-alice")))
        .isInstanceOf(LoginOutcome.LoggedIn.class);
    assertThat(get(held)).contains(new Outcome.Sent());
    await().atMost(SOON).until(() -> bob.received.equals(List.of("before", "held")));
    await().atMost(SOON).until(() -> alice.received.equals(List.of("meanwhile")));
    assertThat(alice.client.device().deviceId()).isEqualTo(alice.address.deviceId());
  }
}
