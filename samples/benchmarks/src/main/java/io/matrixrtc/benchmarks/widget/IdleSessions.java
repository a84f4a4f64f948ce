package io.matrixrtc.benchmarks.widget;

import static io.matrixrtc.benchmarks.widget.WidgetBenchmarkRun.await;

import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.SyncFilter;
import io.matrixrtc.client.SyncSettings;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.matrixrtc.widget.drivers.AccountFeed;
import io.matrixrtc.widget.drivers.WidgetAccount;
import io.matrixrtc.widget.drivers.WidgetConsent;
import io.matrixrtc.widget.drivers.WidgetScreen;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Sessions of one account that have negotiated what Element Call asks for and then do nothing: an
 * account of the embedded homeserver, the bridge, and the WebSockets of the pages, all in this
 * process and all counted.
 */
final class IdleSessions {
  private static final String PASSWORD = "a password for one run";
  private static final int AT_A_TIME = 16;
  private static final int WARM_UP = 16;

  private final List<String> wanted;
  private final WidgetAccount account;
  private final String roomId;
  private final SecureRandom random = new SecureRandom();

  private IdleSessions(WidgetAccount account, String roomId) {
    this.account = account;
    this.roomId = roomId;
    this.wanted = capabilities().stream().map(Capability::text).toList();
  }

  private Set<Capability> capabilities() {
    DeviceAddress self = account.address();
    return ElementCall.capabilities(self.userId(), self.deviceId(), roomId);
  }

  /** Opens so many sessions; returns by how many MiB the heap has grown, after collections. */
  static double heapGrowthMb(int sessions) throws IOException, InterruptedException {
    try (EmbeddedHomeserver homeserver = EmbeddedHomeserver.start(HomeserverConfig.defaults());
        ClientThreads threads = ClientThreads.start();
        EncryptedClient client = client(homeserver, threads)) {
      AccountFeed feed = new AccountFeed();
      MatrixClient matrix = client.matrix();
      String roomId =
          value(matrix.rooms().createRoom(Json.newObject().put("preset", "public_chat"))).orThrow();
      try (WidgetAccount account =
          new WidgetAccount(client, feed, HttpClient.newHttpClient(), Optional.empty())) {
        value(account.prepare(roomId)).orThrow();
        return new IdleSessions(account, roomId).measure(sessions);
      }
    } catch (BindFailed | CryptoStoreException e) {
      throw new IOException(e);
    }
  }

  private static EncryptedClient client(EmbeddedHomeserver homeserver, ClientThreads threads)
      throws IOException, InterruptedException, CryptoStoreException {
    var settings =
        threads.settings().withSync(SyncSettings.defaults().withFilter(SyncFilter.allState()));
    LoginOutcome outcome =
        value(
            MatrixClient.register(
                homeserver.baseUrl(), Credentials.of("alice", PASSWORD, "bench"), settings));
    if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
      throw new IOException(outcome.sentence());
    }
    return EncryptedClient.builder(in.session(), settings)
        .store(new MemoryCryptoStore(), StateKey.generate(RandomSource.secure()))
        .closingStore()
        .start();
  }

  private static <T> T value(CompletionStage<T> stage) throws IOException, InterruptedException {
    return await(Future.fromCompletionStage(stage));
  }

  private double measure(int sessions) throws IOException, InterruptedException {
    Vertx vertx = Vertx.vertx();
    WidgetSessions hosts =
        (ticket, page) ->
            CompletableFuture.completedFuture(
                Optional.of(
                    new WidgetSessions.Opened(
                        account.host(
                            HostedWidget.call(
                                BenchPage.WIDGET_ID, BenchServer.WIDGET, account.address(), roomId),
                            HostLimits.DEFAULT,
                            WidgetScreen.of(
                                page.frame(),
                                page.listener(),
                                WidgetConsent.trusted(capabilities())),
                            page.scheduler(),
                            random),
                        URI.create(BenchServer.WIDGET + "/"))));
    try {
      BenchServer server = await(BenchServer.bridge(vertx, hosts));
      WebSocketClient client =
          vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(sessions));
      List<BenchPage> pages =
          new ArrayList<>(open(vertx, client, server, WARM_UP)); // loads classes
      double before = usedMb();
      pages.addAll(open(vertx, client, server, sessions - WARM_UP));
      double growth = usedMb() - before;
      int there = await(server.bridge().orElseThrow().sessionCount());
      if (there != sessions || pages.size() != sessions) {
        throw new IOException(there + " of " + sessions + " sessions are there");
      }
      await(server.drain());
      return growth * sessions / (sessions - WARM_UP);
    } finally {
      await(vertx.close());
    }
  }

  private List<BenchPage> open(Vertx vertx, WebSocketClient client, BenchServer server, int count)
      throws IOException, InterruptedException {
    List<BenchPage> pages = new ArrayList<>(count);
    while (pages.size() < count) {
      List<Future<BenchPage>> some = new ArrayList<>();
      for (int i = 0; i < Math.min(AT_A_TIME, count - pages.size()); i++) {
        some.add(BenchPage.open(vertx, client, server, wanted));
      }
      await(Future.all(some));
      some.forEach(page -> pages.add(page.result()));
    }
    return pages;
  }

  /** What is in use once nothing more can be collected. */
  private static double usedMb() {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      System.gc();
      long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      if (now >= used) {
        break;
      }
      used = now;
    }
    return used / (1024.0 * 1024.0);
  }
}
