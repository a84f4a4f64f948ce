package io.matrixrtc.homeserver.proxy;

import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.RawRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The homeserver behind a proxy. */
final class Upstream {
  /** Of one connection, not of the whole way (RFC 9110, section 7.6.1), or set by the client. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** So that what goes by can be read. */
  private static final String COMPRESSION = "accept-encoding";

  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final String base;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Upstream(URI base) {
    this.base = base.toString().replaceFirst("/+$", "");
  }

  /** Passes a request on; fails where there is no answer. */
  CompletableFuture<Answer.Ready> send(RawRequest request) {
    HttpRequest.Builder passed =
        HttpRequest.newBuilder(URI.create(base + request.uri()))
            .method(
                request.method(),
                request.body().length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(request.body()));
    request.headers().stream()
        .filter(header -> isPassed(header.getKey()))
        .forEach(header -> passed.header(header.getKey(), header.getValue()));
    return send(passed.build());
  }

  private CompletableFuture<Answer.Ready> send(HttpRequest request) {
    if (closed) {
      return CompletableFuture.failedFuture(new IOException("the proxy is closed"));
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    open.add(answer);
    if (closed) {
      answer.cancel(true);
    }
    return answer
        .whenComplete((response, failure) -> open.remove(answer))
        .thenApply(
            response ->
                new Answer.Bytes(response.statusCode(), response.body(), headers(response)));
  }

  /** Asks whose token it is ({@code GET /account/whoami}). */
  CompletableFuture<Answer.Ready> whoami(String token) {
    URI uri = URI.create(base + "/_matrix/client/v3/account/whoami");
    return send(HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build());
  }

  private static Map<String, String> headers(HttpResponse<?> response) {
    Map<String, String> headers = new LinkedHashMap<>();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (isPassed(name)) {
                headers.put(name, String.join(", ", values));
              }
            });
    return headers;
  }

  private static boolean isPassed(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !HOP_BY_HOP.contains(lower) && !lower.equals(COMPRESSION);
  }

  /** Gives up on all answers that have not come; sends nothing any more. */
  void close() {
    closed = true;
    open.forEach(answer -> answer.cancel(true));
  }
}
