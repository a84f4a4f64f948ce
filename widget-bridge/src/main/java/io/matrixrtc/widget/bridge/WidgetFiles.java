package io.matrixrtc.widget.bridge;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.StaticHandler;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A widget's static files, for example those of Element Call's embedded package.
 *
 * @param folder where they are; holds {@code index.html}
 * @param config served in place of {@code config.json}, if given
 */
public record WidgetFiles(Path folder, Optional<String> config) {

  /** A router that serves them at the root of an origin. */
  public Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    router
        .route()
        .handler(
            request -> {
              request.response().putHeader("X-Content-Type-Options", "nosniff");
              request.response().putHeader("Referrer-Policy", "no-referrer");
              request.next();
            });
    config.ifPresent(
        json ->
            router
                .get("/config.json")
                .handler(
                    request ->
                        request
                            .response()
                            .putHeader("Content-Type", "application/json")
                            .end(json)));
    router
        .get("/*")
        .handler(
            request -> {
              if (request.normalizedPath().contains("/.")) { // BRIDGE-HIDDEN
                request.fail(404);
              } else {
                request.next();
              }
            });
    // The handler's own rule would refuse everything in a folder like ~/.cache.
    router
        .get("/*")
        .handler(
            StaticHandler.create(FileSystemAccess.ROOT, folder.toAbsolutePath().toString())
                .setIncludeHidden(true)
                .setDirectoryListing(false));
    return router;
  }
}
