package io.matrixrtc.homeserver.http;

import io.matrixrtc.homeserver.faults.Exchange;
import io.matrixrtc.homeserver.faults.RequestLog;
import io.netty.handler.codec.compression.StandardCompressionOptions;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening socket: reads whole requests, hands them on, writes answers with CORS headers. */
final class HttpFront {
  /** Longest request line, so that a filter fits into a query. */
  static final int MAX_REQUEST_LINE_BYTES = 65_536;

  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

  // A smaller answer is not worth it.
  private static final int GZIP_FROM_BYTES = 1_024;

  private final Vertx vertx;
  private final RequestHandler handler;
  private final RequestLog log;
  private final int maxRequestBytes;
  private final boolean gzip;

  HttpFront(
      Vertx vertx, RequestHandler handler, RequestLog log, int maxRequestBytes, boolean gzip) {
    this.vertx = vertx;
    this.handler = handler;
    this.log = log;
    this.maxRequestBytes = maxRequestBytes;
    this.gzip = gzip;
  }

  HttpServer create(String host, int port) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setHttp2ClearTextEnabled(false)
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(MAX_REQUEST_LINE_BYTES)
            .setTcpNoDelay(true);
    if (gzip) {
      // The fastest level: what is large here is random text, which no level makes much smaller.
      options
          .setCompressionSupported(true)
          .setCompressionContentSizeThreshold(GZIP_FROM_BYTES)
          .addCompressor(StandardCompressionOptions.gzip(1, 15, 8));
    }
    return vertx.createHttpServer(options).requestHandler(this::read);
  }

  private void read(HttpServerRequest request) {
    if (request.method().equals(HttpMethod.OPTIONS)) {
      cors(request.response()).setStatusCode(204).end();
      return;
    }
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() <= maxRequestBytes) {
            body.appendBuffer(chunk);
          }
        });
    // A client that goes in the middle of its request has asked nothing.
    request.exceptionHandler(gone -> LOG.debug("request cut short: {}", gone.toString()));
    request.endHandler(end -> handle(request, body.getBytes()));
  }

  private void handle(HttpServerRequest request, byte[] body) {
    Context context = vertx.getOrCreateContext();
    RawRequest raw;
    try {
      raw =
          new RawRequest(
              request.method().name(),
              request.uri(),
              List.copyOf(request.headers().entries()),
              body,
              request.remoteAddress().hostAddress());
    } catch (MatrixException e) {
      write(request, e.answer());
      return;
    }
    if (body.length > maxRequestBytes) {
      MatrixException tooLarge =
          new MatrixException(ErrorCode.M_TOO_LARGE, "Request is larger than " + maxRequestBytes);
      answer(request, raw, Outcome.sent(tooLarge.answer(), Optional.empty()));
      return;
    }
    handler
        .handle(raw)
        .thenAccept(outcome -> context.runOnContext(v -> answer(request, raw, outcome)));
  }

  private void answer(HttpServerRequest request, RawRequest raw, Outcome outcome) {
    if (log.isListening()) {
      log.tell(
          new Exchange(
              raw.method(),
              raw.uri(),
              raw.headers(),
              outcome.userId(),
              raw.body(),
              outcome.dropped() ? 0 : outcome.answer().status(),
              logged(outcome.answer())));
    }
    if (outcome.dropped()) {
      request.connection().close();
    } else {
      write(request, outcome.answer());
    }
  }

  // A stream is not held, so it is not logged either.
  static byte[] logged(Answer.Ready answer) {
    if (answer instanceof Answer.Now now) {
      return Json.bytes(now.body());
    }
    return answer instanceof Answer.Bytes held ? held.bytes() : new byte[0];
  }

  private void write(HttpServerRequest request, Answer.Ready answer) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      answer.content().close();
      return;
    }
    cors(response).setStatusCode(answer.status()).putHeader("Content-Type", "application/json");
    answer.headers().forEach(response::putHeader);
    if (answer instanceof Answer.Stream stream) {
      response.setChunked(true);
      stream(request, stream.content(), vertx.getOrCreateContext());
    } else {
      response.end(Buffer.buffer(logged(answer)));
    }
  }

  // HS-STREAM: the next piece is made when the one before has gone out.
  private static void stream(HttpServerRequest request, Body body, Context context) {
    body.next()
        .whenComplete(
            (piece, failure) -> context.runOnContext(v -> write(request, body, piece, failure)));
  }

  private static void write(
      HttpServerRequest request,
      Body body,
      @Nullable Optional<byte[]> piece,
      @Nullable Throwable failure) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      body.close();
    } else if (piece == null) {
      LOG.debug("answer cut short: {}", String.valueOf(failure));
      body.close();
      request.connection().close();
    } else if (piece.isEmpty()) {
      body.close();
      response.end();
    } else {
      Context context = Objects.requireNonNull(Vertx.currentContext());
      response
          .write(Buffer.buffer(piece.get()))
          .onSuccess(written -> stream(request, body, context))
          .onFailure(gone -> body.close());
    }
  }

  private static HttpServerResponse cors(HttpServerResponse response) {
    return response
        .putHeader("Access-Control-Allow-Origin", "*")
        .putHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS")
        .putHeader(
            "Access-Control-Allow-Headers", "X-Requested-With, Content-Type, Authorization, Date")
        .putHeader("Access-Control-Expose-Headers", "Retry-After");
  }
}
