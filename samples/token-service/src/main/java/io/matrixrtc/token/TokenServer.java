package io.matrixrtc.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The endpoints over HTTP. Runs on one event loop. */
final class TokenServer {
  /** Longest request body (LK-SIZE). */
  static final int MAX_BODY_BYTES = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(TokenServer.class);
  private static final Duration BUSY_WAIT = Duration.ofSeconds(1);

  private final TokenServiceConfig config;
  private final TokenIssuer issuer;
  private final WebhookReceiver webhooks;
  private final RateLimiter limiter;
  private int underWay;
  private volatile boolean closing;

  TokenServer(TokenServiceConfig config, TokenIssuer issuer, WebhookReceiver webhooks) {
    this.config = config;
    this.issuer = issuer;
    this.webhooks = webhooks;
    this.limiter = new RateLimiter(config.rateLimit());
  }

  /** Refuses everything from now on (LK-SHUTDOWN). */
  void closing() {
    closing = true;
  }

  @FunctionalInterface
  private interface Endpoint {
    Future<ObjectNode> answer(byte[] body) throws Refusal;
  }

  void handle(HttpServerRequest request) {
    switch (String.valueOf(request.path())) {
      case "/sfu/get" -> post(request, body -> token(RequestReader.legacy(body)));
      case "/get_token" -> post(request, body -> token(RequestReader.sticky(body)));
      case "/delegate_delayed_leave" ->
          post(
              request,
              body ->
                  issuer.delegate(RequestReader.delegation(body)).map(taken -> Json.newObject()));
      case "/sfu_webhook" -> webhooks.handle(request);
      case "/healthz" -> {
        boolean asked =
            request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        request.response().setStatusCode(!asked ? 405 : closing ? 503 : 200).end();
      }
      default -> request.response().setStatusCode(404).end();
    }
  }

  private Future<ObjectNode> token(TokenRequest request) {
    return issuer
        .issue(request)
        .map(jwt -> Json.newObject().put("url", config.livekitUrl()).put("jwt", jwt));
  }

  private void post(HttpServerRequest request, Endpoint endpoint) {
    HttpServerResponse response = request.response();
    response // LK-CORS
        .putHeader("Content-Type", "application/json")
        .putHeader("Access-Control-Allow-Origin", "*")
        .putHeader("Access-Control-Allow-Methods", "POST")
        .putHeader(
            "Access-Control-Allow-Headers",
            "Accept, Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token");
    if (request.method().equals(HttpMethod.OPTIONS)) {
      response.end();
      return;
    } else if (!request.method().equals(HttpMethod.POST)) {
      response.setStatusCode(405).end();
      return;
    }
    Optional<Refusal> refused = admission(request);
    if (refused.isPresent()) {
      refuse(request, refused.get());
      return;
    }
    underWay++;
    BoundedBody.read(request, MAX_BODY_BYTES, config.lookUpTimeout())
        .compose(body -> answer(endpoint, body))
        .onComplete(
            done -> {
              underWay--;
              if (done.succeeded()) {
                send(response, done.result());
              } else if (done.cause() instanceof Refusal refusal) {
                refuse(request, refusal);
              } else {
                LOG.error("unexpected failure", done.cause());
                refuse(request, Refusal.sfu());
              }
            });
  }

  private static Future<ObjectNode> answer(Endpoint endpoint, byte[] body) {
    try {
      return endpoint.answer(body);
    } catch (Refusal refusal) {
      return Future.failedFuture(refusal);
    }
  }

  private Optional<Refusal> admission(HttpServerRequest request) {
    if (closing) {
      return Optional.of(Refusal.shuttingDown());
    }
    Optional<Duration> wait =
        limiter.count(ClientAddress.of(request, config.behindProxy()), System.nanoTime());
    if (wait.isPresent()) {
      return Optional.of(Refusal.tooMany(wait.get()));
    }
    return underWay >= config.rateLimit().underWay() // RATE-TOTAL
        ? Optional.of(Refusal.tooMany(BUSY_WAIT))
        : Optional.empty();
  }

  private static void refuse(HttpServerRequest request, Refusal refusal) {
    LOG.info(
        "{}",
        LogLine.of("request refused")
            .with("path", String.valueOf(request.path()))
            .with("status", refusal.status())
            .with("errcode", refusal.errcode()));
    ObjectNode body =
        Json.newObject().put("errcode", refusal.errcode()).put("error", refusal.sentence());
    HttpServerResponse response = request.response().setStatusCode(refusal.status());
    refusal
        .retryAfter()
        .ifPresent(
            wait -> {
              body.put("retry_after_ms", wait.toMillis());
              response.putHeader("Retry-After", String.valueOf(wait.plusMillis(999).toSeconds()));
            });
    send(response, body);
  }

  private static void send(HttpServerResponse response, ObjectNode body) {
    if (!response.closed() && !response.ended()) {
      response.end(Buffer.buffer(body.toString()));
    }
  }
}
