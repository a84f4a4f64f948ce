package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to one homeserver, repeats those that may work later, and reads answers and
 * errors. Any thread may call; stages complete on the scheduler of the settings.
 */
public final class HomeserverApi {
  private static final Logger LOG = LoggerFactory.getLogger(HomeserverApi.class);

  private final URI homeserver;
  private final Optional<AccessToken> token;
  private final ClientSettings settings;
  private final SerialScheduler scheduler;
  private final AnswerReader reader;

  HomeserverApi(URI homeserver, Optional<AccessToken> token, ClientSettings settings) {
    this.homeserver = homeserver;
    this.token = token;
    this.settings = settings;
    this.scheduler = settings.scheduler();
    this.reader = new AnswerReader(homeserver.toString());
  }

  /** The homeserver's base URL. */
  public URI homeserver() {
    return homeserver;
  }

  ClientSettings settings() {
    return settings;
  }

  /** Sends a request, and repeats it as the policy says; completes with the last try's result. */
  public CompletionStage<ApiResult<ObjectNode>> call(ApiRequest request) {
    return repeated(request, ObjectNode.class);
  }

  /** Sends a request once. */
  public CompletionStage<ApiResult<ObjectNode>> once(ApiRequest request) {
    return once(request, ObjectNode.class);
  }

  /** As {@link #once(ApiRequest)}, for a request that is answered with an array. */
  public CompletionStage<ApiResult<ArrayNode>> onceForArray(ApiRequest request) {
    return once(request, ArrayNode.class);
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
                      failure ->
                          settings
                              .retries()
                              .next(request, failure, tries, elapsed, settings.random()));
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
    return send(request)
        .handleAsync(
            (answer, error) ->
                error == null
                    ? reader.read(answer, shape)
                    : new ApiResult.Failed<>(reader.unreachable(error)),
            scheduler);
  }

  private CompletionStage<HttpAnswer> send(ApiRequest request) {
    try {
      return settings
          .http()
          .send(
              new HttpCall(
                  request.method(),
                  request.uri(homeserver),
                  request.authenticated() ? token : Optional.empty(),
                  request.body().map(ObjectNode::toString),
                  request.timeout().orElse(settings.requestTimeout())));
    } catch (IllegalArgumentException e) { // an address that is none
      return CompletableFuture.failedFuture(e);
    }
  }
}
