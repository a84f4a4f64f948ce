package io.matrixrtc.widget.bridge;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The host page's own files: page, style, scripts. */
final class HostPageFiles {
  /** BRIDGE-FRAME: {@code host.js} makes the iframe, in its sandbox and with what it may use. */
  private static final List<String> SCRIPTS =
      List.of(
          "host.js",
          "panel.js",
          "call.js",
          "backup.js",
          "consent.js",
          "mask.js",
          "plain.js",
          "offer.js");

  private final String widgetOrigin;

  HostPageFiles(String widgetOrigin) {
    this.widgetOrigin = widgetOrigin;
  }

  void mount(Router router, String path) {
    router.get(path + "/").handler(request -> file(request, "host.html", "text/html"));
    router.get(path + "/host.css").handler(request -> file(request, "host.css", "text/css"));
    for (String script : SCRIPTS) {
      router.get(path + "/" + script).handler(request -> file(request, script, "text/javascript"));
    }
  }

  /** BRIDGE-CSP: nothing but its own files, and the widget in its frame. */
  private void file(RoutingContext request, String name, String type) {
    HttpServerResponse response = request.response();
    response.putHeader("Content-Type", type + "; charset=utf-8");
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("Referrer-Policy", "no-referrer");
    response.putHeader("X-Content-Type-Options", "nosniff");
    response.putHeader(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src "
            + widgetOrigin
            + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    response.end(resource(name));
  }

  private static String resource(String name) {
    try (InputStream in = HostPageFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("resource " + name + " cannot be read", e);
    }
  }
}
