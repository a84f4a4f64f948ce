package io.matrixrtc.token;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Reads the body of a request, up to a bound. */
final class BoundedBody {
  private BoundedBody() {}

  /** Returns the body; fails with a {@link Refusal} if it is too long or never comes. */
  static Future<byte[]> read(HttpServerRequest request, int maxBytes) {
    Promise<byte[]> whole = Promise.promise();
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
