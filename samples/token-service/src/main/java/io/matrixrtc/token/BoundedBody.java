package io.matrixrtc.token;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** Reads the body of a request, up to a bound in bytes and time. */
final class BoundedBody {
  private static final long GOODBYE_MILLIS = 1_000;

  private BoundedBody() {}

  /**
   * Returns the body; fails with a {@link Refusal} if it is too long or does not come within {@code
   * time}, after which the connection is closed (LK-SLOW). To be called on the event loop.
   */
  static Future<byte[]> read(HttpServerRequest request, int maxBytes, Duration time) {
    Promise<byte[]> whole = Promise.promise();
    Vertx vertx = Vertx.currentContext().owner();
    long timer =
        vertx.setTimer(
            time.toMillis(),
            late -> {
              whole.tryFail(Refusal.tooSlow());
              vertx.setTimer(GOODBYE_MILLIS, told -> request.connection().close());
            });
    whole.future().onComplete(done -> vertx.cancelTimer(timer));
    Buffer body = Buffer.buffer();
    request.exceptionHandler(gone -> whole.tryFail(Refusal.notJson()));
    request.handler(
        part -> {
          if (body.length() + part.length() > maxBytes) {
            whole.tryFail(Refusal.tooLarge(maxBytes));
          } else {
            body.appendBuffer(part);
          }
        });
    request.endHandler(end -> whole.tryComplete(body.getBytes()));
    return whole.future();
  }
}
