package io.matrixrtc.benchmarks.authorize;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.io.IOException;

/** Keeps so many requests in flight, until so many were answered. Runs on one event loop. */
final class Load {
  private static final Buffer BODY =
      Buffer.buffer(
          "{\"room_id\":\"!abc:bench.example\",\"slot_id\":\"m.call#ROOM\",\"openid_token\":"
              + "{\"access_token\":\"good\",\"token_type\":\"Bearer\",\"matrix_server_name\":"
              + "\"bench.example\",\"expires_in\":3600},\"member\":{\"id\":\"m\","
              + "\"claimed_user_id\":\"@alice:bench.example\",\"claimed_device_id\":\"DEV\"}}");

  private final Vertx vertx;
  private final int port;
  private final int inFlight;
  private final long[] nanos;
  private final Promise<long[]> end = Promise.promise();
  private int begun;
  private int ended;

  Load(Vertx vertx, int port, int inFlight, int requests) {
    this.vertx = vertx;
    this.port = port;
    this.inFlight = inFlight;
    this.nanos = new long[requests];
  }

  /** Returns how long each request took; fails with the first one that is not granted. */
  Future<long[]> run() {
    vertx
        .getOrCreateContext()
        .runOnContext(
            now -> {
              HttpClient client =
                  vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(inFlight));
              end.future().onComplete(done -> client.close());
              for (int i = 0; i < inFlight; i++) {
                next(client);
              }
            });
    return end.future();
  }

  private void next(HttpClient client) {
    if (begun == nanos.length || end.future().isComplete()) {
      return;
    }
    int index = begun++;
    long start = System.nanoTime();
    client
        .request(HttpMethod.POST, port, "127.0.0.1", "/get_token")
        .compose(open -> open.send(BODY))
        .compose(
            answer ->
                answer.statusCode() == 200
                    ? answer.body()
                    : Future.failedFuture(new IOException("status " + answer.statusCode())))
        .onComplete(
            body -> {
              nanos[index] = System.nanoTime() - start;
              if (++ended == nanos.length) {
                end.tryComplete(nanos);
              } else {
                next(client);
              }
            },
            end::tryFail);
  }
}
