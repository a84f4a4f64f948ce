package io.matrixrtc.widget.bridge;

import io.matrixrtc.widget.api.WebOrigin;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bridge that runs alone: host page and widget files on two ports of one host, which users reach
 * there or, behind a proxy that ends TLS, where {@link Addresses#behind} says.
 */
public final class BridgeVerticle extends VerticleBase {
  private final Addresses addresses;
  private final WidgetFiles files;
  private final SignedLinks links;
  private final WidgetSessions sessions;
  private final InstantSource clock;
  private @Nullable WidgetBridge bridge;
  private String widgetOrigin = "";
  private int pagePort;
  private int widgetPort;

  /**
   * Where to listen. Port 0 takes a free one.
   *
   * @param publicPage where users reach the page, if not there
   * @param publicWidget where browsers reach the widget's files, at the root of that origin, if not
   *     there
   */
  public record Addresses(
      String host,
      int pagePort,
      int widgetPort,
      Optional<URI> publicPage,
      Optional<URI> publicWidget) {
    public Addresses(String host, int pagePort, int widgetPort) {
      this(host, pagePort, widgetPort, Optional.empty(), Optional.empty());
    }

    /** The same behind a proxy: it hands on paths as they are, and WebSockets below the page's. */
    public Addresses behind(URI page, URI widget) {
      return new Addresses(host, pagePort, widgetPort, Optional.of(page), Optional.of(widget));
    }
  }

  public BridgeVerticle(
      Addresses addresses,
      WidgetFiles files,
      SignedLinks links,
      WidgetSessions sessions,
      InstantSource clock) {
    this.addresses = addresses;
    this.files = files;
    this.links = links;
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    return vertx
        .createHttpServer()
        .requestHandler(files.router(vertx))
        .listen(addresses.widgetPort, addresses.host)
        .compose(
            widget -> {
              widgetPort = widget.actualPort();
              widgetOrigin =
                  addresses
                      .publicWidget
                      .map(known -> WebOrigin.of(known.toString()))
                      .orElseGet(() -> origin(widget));
              return page();
            });
  }

  /** Bound first, so that its port is known; requests before the bridge is there are refused. */
  private Future<HttpServer> page() {
    Router router = Router.router(vertx);
    return vertx
        .createHttpServer(BridgeSettings.usualServerOptions())
        .requestHandler(router)
        .listen(addresses.pagePort, addresses.host)
        .onSuccess(
            server -> {
              pagePort = server.actualPort();
              URI page = addresses.publicPage.orElseGet(() -> URI.create(origin(server) + "/"));
              BridgeSettings settings = BridgeSettings.of(page, widgetOrigin);
              WidgetBridge mounted = new WidgetBridge(vertx, settings, links, sessions, clock);
              mounted.mount(router);
              bridge = mounted;
            });
  }

  private String origin(HttpServer server) {
    return WebOrigin.of("http://" + addresses.host + ":" + server.actualPort());
  }

  /** Where the page is listened for, once started. */
  public int pagePort() {
    return pagePort;
  }

  /** Where the widget's files are listened for, once started. */
  public int widgetPort() {
    return widgetPort;
  }

  /** The origin of the widget's files, once started. */
  public String widgetOrigin() {
    return widgetOrigin;
  }

  /** A link for a ticket; see {@link WidgetBridge#link(String)}. */
  public String link(String ticket) {
    return bridge().link(ticket);
  }

  /** A link for a ticket; see {@link WidgetBridge#link(String, Duration)}. */
  public String link(String ticket, Duration lifetime) {
    return bridge().link(ticket, lifetime);
  }

  /** The bridge, once started. */
  public WidgetBridge bridge() {
    WidgetBridge mounted = bridge;
    if (mounted == null) {
      throw new IllegalStateException("not started");
    }
    return mounted;
  }

  @Override
  public Future<?> stop() {
    return bridge == null ? Future.succeededFuture() : bridge.drain();
  }
}
