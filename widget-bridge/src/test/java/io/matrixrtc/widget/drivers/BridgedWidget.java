package io.matrixrtc.widget.drivers;

import static io.matrixrtc.widget.drivers.HostedRoom.get;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.widget.api.Capability;
import io.matrixrtc.widget.api.ElementCall;
import io.matrixrtc.widget.bridge.BridgeSettings;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.bridge.SignedLinks;
import io.matrixrtc.widget.bridge.WidgetBridge;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.matrixrtc.widget.client.RelayConnection;
import io.matrixrtc.widget.client.WidgetClient;
import io.matrixrtc.widget.client.WidgetListener;
import io.matrixrtc.widget.client.WidgetSettings;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A widget of alice's in Java, over a bridge's relay: nobody but the bridge knows her account. */
final class BridgedWidget implements RelayConnection.Listener, AutoCloseable {
  private final HostedRoom world;
  private final Vertx vertx = Vertx.vertx();
  private final Set<Capability> wanted;
  final WidgetBridge bridge;
  final URI page;
  final RelayConnection relay;
  final WidgetClient widget;
  final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  final CompletableFuture<String> ended = new CompletableFuture<>();
  final AtomicInteger resumed = new AtomicInteger();

  BridgedWidget(HostedRoom world) {
    this(world, Set.of());
  }

  /** One that wants, and is granted, more than Element Call. */
  BridgedWidget(HostedRoom world, Set<Capability> more) {
    this.world = world;
    DeviceAddress self = world.account.address();
    this.wanted = new HashSet<>(more);
    wanted.addAll(ElementCall.capabilities(self.userId(), self.deviceId(), world.room));
    Router router = Router.router(vertx);
    HttpServer server =
        get(
            vertx
                .createHttpServer(
                    BridgeSettings.of(URI.create("http://127.0.0.1/"), HostedRoom.ORIGIN)
                        .serverOptions())
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage());
    URI url = URI.create("http://127.0.0.1:" + server.actualPort() + "/calls");
    this.bridge =
        new WidgetBridge(
            vertx,
            BridgeSettings.of(url, HostedRoom.ORIGIN),
            new SignedLinks(new byte[32]),
            this::open,
            InstantSource.system());
    bridge.mount(router);
    this.page = URI.create(bridge.link("alice"));
    PoolScheduler scheduler = new PoolScheduler(world.pool, InstantSource.system());
    this.relay = new RelayConnection(page, this, scheduler);
    this.widget =
        new WidgetClient(
            WidgetSettings.of("widget-1", List.copyOf(wanted)),
            new WidgetListener() {
              @Override
              public void onReady() {
                ready.complete(true);
              }
            },
            relay,
            scheduler,
            () -> UUID.randomUUID().toString());
    relay.start();
  }

  private CompletionStage<Optional<WidgetSessions.Opened>> open(String ticket, HostPage shown) {
    WidgetHost host =
        world.account.host(
            HostedWidget.call("widget-1", HostedRoom.ORIGIN, world.account.address(), world.room),
            HostLimits.DEFAULT,
            WidgetScreen.of(shown.frame(), shown.listener(), WidgetConsent.trusted(wanted)),
            shown.scheduler(), // as an app does whose drivers never block
            new SecureRandom());
    return CompletableFuture.completedFuture(
        Optional.of(new WidgetSessions.Opened(host, URI.create(HostedRoom.ORIGIN + "/"))));
  }

  @Override
  public void onOpened(URI url) {
    relay.loaded();
    widget.start();
  }

  @Override
  public void onMessage(String text) {
    widget.onMessage(text);
  }

  @Override
  public void onResumed() {
    resumed.incrementAndGet();
  }

  @Override
  public void onEnded(String reason) {
    ended.complete(reason);
  }

  @Override
  public void close() {
    widget.close();
    relay.close();
    get(vertx.close().toCompletionStage());
  }
}
