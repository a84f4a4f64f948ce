package io.matrixrtc.homeserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a handler answers: now with a body, or later. */
public sealed interface Answer {

  /** Status, JSON body and headers beyond the usual ones. The body is not touched afterwards. */
  record Now(int status, JsonNode body, Map<String, String> headers) implements Answer {}

  /** Completes on the state thread. Dropped without trace if the client has gone. */
  record Later(CompletableFuture<Now> answer) implements Answer {}

  static Now ok(JsonNode body) {
    return json(200, body);
  }

  /** The empty object. */
  static Now ok() {
    return ok(Json.object());
  }

  static Now json(int status, JsonNode body) {
    return new Now(status, body, Map.of());
  }

  /** 429 with both forms of the waiting time. */
  static Now tooManyRequests(Duration retryAfter) {
    long millis = Math.max(1, retryAfter.toMillis());
    ObjectNode body =
        Json.object()
            .put("errcode", ErrorCode.M_LIMIT_EXCEEDED.name())
            .put("error", "Too Many Requests")
            .put("retry_after_ms", millis);
    return new Now(429, body, Map.of("Retry-After", Long.toString((millis + 999) / 1000)));
  }
}
