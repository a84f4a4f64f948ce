package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import io.matrixrtc.keys.SerialScheduler;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to one homeserver, repeats those that may work later, and reads answers and
 * errors. Any thread may call; stages complete on the scheduler.
 */
public final class HomeserverApi {
  private static final Logger LOG = LoggerFactory.getLogger(HomeserverApi.class);
  private static final int MAX_SHOWN_CHARS = 200;

  private final URI homeserver;
  private final Optional<AccessToken> token;
  private final HttpTransport http;
  private final SerialScheduler scheduler;
  private final RetryPolicy retries;
  private final RandomGenerator random;

  /** Sends through {@code http}, which it does not close; {@code random} spreads repetitions. */
  public HomeserverApi(
      URI homeserver,
      Optional<AccessToken> token,
      HttpTransport http,
      SerialScheduler scheduler,
      RetryPolicy retries,
      RandomGenerator random) {
    this.homeserver = homeserver;
    this.token = token;
    this.http = http;
    this.scheduler = scheduler;
    this.retries = retries;
    this.random = random;
  }

  /** The homeserver's base URL. */
  public URI homeserver() {
    return homeserver;
  }

  /** Sends a request, and repeats it as the policy says; completes with the last try's result. */
  public CompletionStage<ApiResult<ObjectNode>> call(ApiRequest request) {
    return repeated(request, ObjectNode.class);
  }

  /** As {@link #call}, for a request that is answered with an array. */
  public CompletionStage<ApiResult<ArrayNode>> callForArray(ApiRequest request) {
    return repeated(request, ArrayNode.class);
  }

  /** Sends a request once. */
  public CompletionStage<ApiResult<ObjectNode>> once(ApiRequest request) {
    return once(request, ObjectNode.class);
  }

  private <T extends JsonNode> CompletionStage<ApiResult<T>> repeated(
      ApiRequest request, Class<T> shape) {
    CompletableFuture<ApiResult<T>> end = new CompletableFuture<>();
    scheduler.execute(() -> attempt(request, shape, 1, scheduler.now(), end));
    return end;
  }

  private <T extends JsonNode> void attempt(
      ApiRequest request,
      Class<T> shape,
      int tries,
      Instant startedAt,
      CompletableFuture<ApiResult<T>> end) {
    once(request, shape)
        .thenAccept(
            result -> {
              Duration elapsed = Duration.between(startedAt, scheduler.now());
              Optional<Duration> wait =
                  result.fold(
                      value -> Optional.empty(),
                      failure -> retries.next(request, failure, tries, elapsed, random));
              if (wait.isEmpty()) {
                end.complete(result);
                return;
              }
              LOG.info("{} failed, again in {} ms", request, wait.get().toMillis());
              scheduler.schedule(
                  scheduler.now().plus(wait.get()),
                  () -> attempt(request, shape, tries + 1, startedAt, end));
            })
        .exceptionally(
            bug -> {
              end.completeExceptionally(bug);
              return null;
            });
  }

  private <T extends JsonNode> CompletionStage<ApiResult<T>> once(
      ApiRequest request, Class<T> shape) {
    HttpCall call =
        new HttpCall(
            request.method(),
            request.uri(homeserver),
            request.authenticated() ? token : Optional.empty(),
            request.body().map(ObjectNode::toString),
            request.timeout());
    CompletableFuture<ApiResult<T>> end = new CompletableFuture<>();
    http.send(call)
        .whenComplete(
            (answer, error) ->
                scheduler.execute(
                    () ->
                        end.complete(
                            error == null ? read(answer, shape) : failed(unreachable(error)))));
    return end;
  }

  private ApiFailure unreachable(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    String why = message == null ? cause.getClass().getSimpleName() : shown(message);
    return new ApiFailure.Unreachable(homeserver.toString(), why);
  }

  private <T extends JsonNode> ApiResult<T> read(HttpAnswer answer, Class<T> shape) {
    JsonNode body;
    try {
      body = Json.parse(answer.body());
    } catch (MalformedJsonException e) {
      body = MissingNode.getInstance();
    }
    int status = answer.status();
    if (status == 429) {
      return failed(new ApiFailure.RateLimited(retryAfter(answer, body)));
    } else if (status >= 500) {
      return failed(new ApiFailure.ServerError(status));
    } else if (status / 100 == 2 && shape.isInstance(body)) {
      return new ApiResult.Ok<>(shape.cast(body));
    } else if (status / 100 != 2 && body instanceof ObjectNode error) {
      return failed(refusal(status, error));
    }
    return failed(
        new ApiFailure.NotMatrix(
            homeserver.toString(), "status " + status + " without the JSON that belongs to it"));
  }

  private static ApiFailure refusal(int status, ObjectNode body) {
    String errcode = body.path("errcode").asText("M_UNKNOWN");
    if (status == 401 && (errcode.equals("M_UNKNOWN_TOKEN") || errcode.equals("M_MISSING_TOKEN"))) {
      return new ApiFailure.LoggedOut(body.path("soft_logout").asBoolean(false));
    }
    return new ApiFailure.Refused(
        status, shown(errcode), shown(body.path("error").asText("")), body);
  }

  /** The header first, in whole seconds; then the older member of the body, in milliseconds. */
  private static Optional<Duration> retryAfter(HttpAnswer answer, JsonNode body) {
    if (answer.retryAfter().filter(text -> text.matches("[0-9]{1,6}")).isPresent()) {
      return answer.retryAfter().map(Long::parseLong).map(Duration::ofSeconds);
    }
    JsonNode millis = body.path("retry_after_ms");
    return millis.isIntegralNumber() && millis.canConvertToInt() && millis.intValue() >= 0
        ? Optional.of(Duration.ofMillis(millis.intValue()))
        : Optional.empty();
  }

  private static <T> ApiResult<T> failed(ApiFailure failure) {
    return new ApiResult.Failed<>(failure);
  }

  /** Text from the server, fit for a log line. */
  private static String shown(String text) {
    String cut = text.length() > MAX_SHOWN_CHARS ? text.substring(0, MAX_SHOWN_CHARS) : text;
    return cut.replaceAll("\\p{C}", "?");
  }
}
