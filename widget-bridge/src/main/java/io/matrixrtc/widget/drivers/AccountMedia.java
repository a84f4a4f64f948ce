package io.matrixrtc.widget.drivers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.widget.api.MatrixApiError;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.MediaContent;
import io.matrixrtc.widget.host.MediaDriver;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The homeserver's media repository, with the account's token. A redirection, for example to where
 * a homeserver stores its files, is followed without the token (MEDIA-TOKEN).
 */
final class AccountMedia implements MediaDriver {
  private static final int MAX_REDIRECTS = 3;
  private static final int MAX_ANSWER_BYTES = 64 << 10;
  private static final Duration TRANSFER_LIMIT = Duration.ofMinutes(5);

  private final MatrixClient client;
  private final HttpClient http;

  /**
   * @param http must not follow redirections by itself
   */
  AccountMedia(MatrixClient client, HttpClient http) {
    if (http.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException("media: want a client that follows no redirections");
    }
    this.client = client;
    this.http = http;
  }

  @Override
  public CompletionStage<DriverResult<Optional<Long>>> config(GetConfig query) {
    return HomeserverAnswers.of(
        client
            .api()
            .once(ApiRequest.get("v1", "media", "config").within(AccountEvents.TIME_LIMIT))
            .thenApply(
                result ->
                    result.map(
                        answer ->
                            Optional.of(answer.path("m.upload.size"))
                                .filter(JsonNode::isIntegralNumber)
                                .map(JsonNode::longValue))));
  }

  @Override
  public CompletionStage<DriverResult<String>> upload(Upload file) {
    HttpRequest request =
        request("/_matrix/media/v3/upload")
            .header("Content-Type", file.content().contentType().orElse("application/octet-stream"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(file.content().bytes()))
            .build();
    return http.sendAsync(request, head -> new BoundedBytes(MAX_ANSWER_BYTES))
        .handle(
            (answer, error) -> {
              if (answer == null) {
                return DriverResult.failed("the homeserver did not take the file");
              } else if (answer.statusCode() != 200) {
                return refused(answer);
              }
              String uri = body(answer).path("content_uri").asText();
              return uri.startsWith("mxc://")
                  ? DriverResult.done(uri)
                  : DriverResult.failed("an answer without content_uri");
            });
  }

  @Override
  public CompletionStage<DriverResult<MediaContent>> download(Download file) {
    String[] parts = file.contentUri().substring("mxc://".length()).split("/", 2);
    if (parts.length != 2) {
      return CompletableFuture.completedFuture(DriverResult.failed("no mxc URI"));
    }
    String path =
        "/_matrix/client/v1/media/download/" + encoded(parts[0]) + "/" + encoded(parts[1]);
    return fetch(request(path).GET().build(), file.maxBytes(), MAX_REDIRECTS);
  }

  private CompletionStage<DriverResult<MediaContent>> fetch(
      HttpRequest request, int maxBytes, int redirects) {
    return http.sendAsync(request, head -> new BoundedBytes(maxBytes))
        .handle(
            (answer, error) -> {
              if (answer == null) {
                return CompletableFuture.completedFuture(
                    DriverResult.<MediaContent>failed("the file did not come: " + reason(error)));
              }
              Optional<URI> elsewhere =
                  answer.statusCode() / 100 == 3 && redirects > 0
                      ? location(answer)
                      : Optional.empty();
              if (elsewhere.isPresent()) {
                HttpRequest next =
                    HttpRequest.newBuilder(elsewhere.get()).timeout(TRANSFER_LIMIT).GET().build();
                return fetch(next, maxBytes, redirects - 1).toCompletableFuture();
              }
              return CompletableFuture.completedFuture(
                  answer.statusCode() == 200
                      ? DriverResult.done(
                          MediaContent.copyOf(
                              answer.body(), answer.headers().firstValue("content-type")))
                      : AccountMedia.<MediaContent>refused(answer));
            })
        .thenCompose(stage -> stage);
  }

  private static String reason(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Only to places as safe as where it came from. */
  private static Optional<URI> location(HttpResponse<byte[]> answer) {
    try {
      return answer
          .headers()
          .firstValue("location")
          .map(to -> answer.uri().resolve(to))
          .filter(to -> to.getHost() != null)
          .filter(
              to ->
                  "https".equalsIgnoreCase(to.getScheme())
                      || ("http".equalsIgnoreCase(to.getScheme())
                          && "http".equalsIgnoreCase(answer.uri().getScheme())));
    } catch (IllegalArgumentException e) { // no address: the redirection's own status counts
      return Optional.empty();
    }
  }

  private HttpRequest.Builder request(String path) {
    String base = client.api().homeserver().toString().replaceAll("/+$", "");
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(TRANSFER_LIMIT)
        .header("Authorization", "Bearer " + client.session().token().reveal());
  }

  private static <T> DriverResult<T> refused(HttpResponse<byte[]> answer) {
    return DriverResult.refused(
        new MatrixApiError(
            answer.statusCode(),
            answer
                .headers()
                .firstValue("retry-after")
                .map(wait -> Map.of("retry-after", wait))
                .orElse(Map.of()),
            "",
            body(answer)));
  }

  private static ObjectNode body(HttpResponse<byte[]> answer) {
    try {
      return Json.parseObject(answer.body());
    } catch (MalformedJsonException e) { // a proxy's page, perhaps; the status says enough
      return Json.newObject().put("errcode", "M_UNKNOWN");
    }
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, UTF_8).replace("+", "%20");
  }
}
