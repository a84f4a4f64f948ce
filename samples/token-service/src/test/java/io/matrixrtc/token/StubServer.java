package io.matrixrtc.token;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A server of this machine whose answers a test writes; records requests. */
final class StubServer implements AutoCloseable {
  /** A request. */
  record Request(
      String method, String host, String path, String query, String authorization, Buffer body) {}

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, BiConsumer<HttpServerRequest, Request>> handlers =
      new ConcurrentHashMap<>();

  private StubServer(HttpServerOptions options) throws Exception {
    server =
        vertx
            .createHttpServer(options.setHost("127.0.0.1").setPort(0))
            .requestHandler(this::handle)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  static StubServer plain() throws Exception {
    return new StubServer(new HttpServerOptions());
  }

  static StubServer tls(Certificate certificate) throws Exception {
    return new StubServer(
        new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.forServer()));
  }

  private void handle(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              Request seen =
                  new Request(
                      request.method().name(),
                      String.valueOf(request.getHeader("Host")),
                      request.path(),
                      request.query() == null ? "" : request.query(),
                      String.valueOf(request.getHeader("Authorization")),
                      body);
              requests.add(seen);
              BiConsumer<HttpServerRequest, Request> handler = handlers.get(request.path());
              if (handler == null) {
                request.response().setStatusCode(404).end("{\"errcode\":\"M_NOT_FOUND\"}");
              } else {
                handler.accept(request, seen);
              }
            });
  }

  StubServer on(String path, BiConsumer<HttpServerRequest, Request> handler) {
    handlers.put(path, handler);
    return this;
  }

  StubServer answers(String path, int status, String body) {
    return on(path, (request, seen) -> request.response().setStatusCode(status).end(body));
  }

  StubServer redirects(String path, @Nullable String location) {
    return on(
        path,
        (request, seen) ->
            request.response().setStatusCode(302).putHeader("Location", location).end());
  }

  Vertx vertx() {
    return vertx;
  }

  int port() {
    return server.actualPort();
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  List<String> paths() {
    return requests.stream().map(Request::path).toList();
  }

  @Override
  public void close() {
    vertx.close();
  }
}
