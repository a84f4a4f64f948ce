package io.matrixrtc.homeserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a handler answers: now with a body, or later. */
public sealed interface Answer {

  /** An answer that can be sent. Its headers may name another type than JSON. */
  sealed interface Ready extends Answer {
    int status();

    Map<String, String> headers();

    /** The body in pieces; may be asked for once. */
    Body content();
  }

  /** Status, JSON body and headers beyond the usual ones. The body is not touched afterwards. */
  record Now(int status, JsonNode body, Map<String, String> headers) implements Ready {
    @Override
    public Body content() {
      return Body.of(Json.bytes(body));
    }
  }

  /** Bytes that the server does not look into. Nobody may change them. */
  final class Bytes implements Ready {
    private final int status;
    private final byte[] bytes;
    private final Map<String, String> headers;

    public Bytes(int status, byte[] bytes, Map<String, String> headers) {
      this.status = status;
      this.bytes = bytes;
      this.headers = Map.copyOf(headers);
    }

    @Override
    public int status() {
      return status;
    }

    @Override
    public Map<String, String> headers() {
      return headers;
    }

    /** The body itself. */
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public Body content() {
      return Body.of(bytes);
    }
  }

  /** A body of unknown length, sent in chunks as the client takes them. */
  record Stream(int status, Map<String, String> headers, Body content) implements Ready {}

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
