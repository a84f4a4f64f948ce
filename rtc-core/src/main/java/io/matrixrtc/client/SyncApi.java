package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** {@code /sync}. Matrix specification, "Syncing"; MSC4222 where the homeserver offers it. */
public final class SyncApi {
  private static final String MSC4222_STATE_AFTER = "org.matrix.msc4222.use_state_after";

  private final HomeserverApi api;

  SyncApi(HomeserverApi api) {
    this.api = api;
  }

  /**
   * {@code GET /sync}, one try.
   *
   * @param since the token of the last answer that was taken
   * @param wait how long the homeserver may hold the request until there is something to tell
   */
  public CompletionStage<ApiResult<SyncAnswer>> sync(Optional<String> since, Duration wait) {
    ApiRequest request =
        ApiRequest.get("v3", "sync")
            .with("timeout", Long.toString(wait.toMillis()))
            .with(MSC4222_STATE_AFTER, "true")
            .within(wait.plus(api.settings().requestTimeout()));
    return api.once(since.map(token -> request.with("since", token)).orElse(request))
        .thenApply(result -> result.fold(this::read, ApiResult.Failed::new));
  }

  private ApiResult<SyncAnswer> read(ObjectNode answer) {
    if (!answer.path("next_batch").isTextual()) {
      return new ApiResult.Failed<>(
          new ApiFailure.NotMatrix(api.homeserver().toString(), "sync without next_batch"));
    }
    return new ApiResult.Ok<>(SyncAnswer.of(answer));
  }
}
