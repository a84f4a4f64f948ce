package io.matrixrtc.benchmarks.authorize;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;

/** What the token service asks: a homeserver and an SFU that always agree. */
final class Stubs {
  static final String SERVER_NAME = "bench.example";

  private static final String USER = "{\"sub\":\"@alice:" + SERVER_NAME + "\"}";

  private Stubs() {}

  /** Returns the port of a homeserver that answers after {@code millis}. */
  static Future<Integer> homeserver(Vertx vertx, int millis) {
    return vertx
        .createHttpServer(options())
        .requestHandler(request -> vertx.setTimer(millis, late -> request.response().end(USER)))
        .listen()
        .map(HttpServer::actualPort);
  }

  /** Returns the port of an SFU whose answers, empty protobuf messages, come at once. */
  static Future<Integer> sfu(Vertx vertx) {
    return vertx
        .createHttpServer(options())
        .requestHandler(
            request -> request.response().putHeader("Content-Type", "application/protobuf").end())
        .listen()
        .map(HttpServer::actualPort);
  }

  private static HttpServerOptions options() {
    return new HttpServerOptions().setHost("127.0.0.1").setPort(0);
  }
}
