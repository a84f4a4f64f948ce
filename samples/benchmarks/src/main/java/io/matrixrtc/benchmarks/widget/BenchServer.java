package io.matrixrtc.benchmarks.widget;

import io.matrixrtc.widget.bridge.BridgeSettings;
import io.matrixrtc.widget.bridge.SignedLinks;
import io.matrixrtc.widget.bridge.WidgetBridge;
import io.matrixrtc.widget.bridge.WidgetSessions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Something on a port of the loopback that WebSockets talk to.
 *
 * @param bridge ours; empty for the echo
 */
record BenchServer(int port, Optional<WidgetBridge> bridge) {
  static final String WIDGET = "https://widget.example.org";
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration LINK_LIFETIME = Duration.ofHours(1);

  /** Our bridge. */
  static Future<BenchServer> bridge(Vertx vertx, WidgetSessions sessions) {
    Router router = Router.router(vertx);
    return vertx
        .createHttpServer(options())
        .requestHandler(router)
        .listen(0, LOOPBACK)
        .map(
            server -> {
              WidgetBridge bridge =
                  new WidgetBridge(
                      vertx,
                      BridgeSettings.of(URI.create(origin(server.actualPort()) + "/"), WIDGET),
                      new SignedLinks(new byte[32]),
                      sessions,
                      InstantSource.system());
              bridge.mount(router);
              return new BenchServer(server.actualPort(), Optional.of(bridge));
            });
  }

  /** Says back what it hears, as bare as Vert.x has it. */
  static Future<BenchServer> echo(Vertx vertx) {
    return vertx
        .createHttpServer(options())
        .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
        .listen(0, LOOPBACK)
        .map(HttpServer::actualPort)
        .map(port -> new BenchServer(port, Optional.empty()));
  }

  private static HttpServerOptions options() {
    return BridgeSettings.of(URI.create("http://" + LOOPBACK + "/"), WIDGET).serverOptions();
  }

  private static String origin(int port) {
    return "http://" + LOOPBACK + ":" + port;
  }

  /** Ends the sessions of the bridge, and so what their hosts still have to do. */
  Future<Void> drain() {
    return bridge.map(WidgetBridge::drain).orElseGet(Future::succeededFuture);
  }

  String origin() {
    return origin(port);
  }

  /** The first frame of a new page; nothing for the echo. */
  Optional<String> link() {
    return bridge.map(
        one -> String.valueOf(URI.create(one.link("alice", LINK_LIFETIME)).getFragment()));
  }
}
