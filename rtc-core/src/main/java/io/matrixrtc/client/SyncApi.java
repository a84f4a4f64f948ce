package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** {@code /sync}, and the state of rooms that it builds on. */
public final class SyncApi {
  /** How much longer than the long poll an answer may take. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  private static final String MSC4222_STATE_AFTER = "org.matrix.msc4222.use_state_after";

  private final HomeserverApi api;

  SyncApi(HomeserverApi api) {
    this.api = api;
  }

  /**
   * {@code GET /sync}, one try.
   *
   * @param since the token of the last answer that was taken
   * @param wait how long the server may wait for something to tell
   */
  public CompletionStage<ApiResult<SyncAnswer>> sync(Optional<String> since, Duration wait) {
    ApiRequest request =
        ApiRequest.get("v3", "sync")
            .with("timeout", Long.toString(wait.toMillis()))
            .with(MSC4222_STATE_AFTER, "true")
            .within(wait.plus(GRACE));
    return api.once(since.map(token -> request.with("since", token)).orElse(request))
        .thenApply(result -> result.fold(this::read, ApiResult.Failed::new));
  }

  /** {@code GET /rooms/{room}/state}: the whole state, one event of each type and key. */
  public CompletionStage<ApiResult<List<ObjectNode>>> roomState(String roomId) {
    return api.callForArray(ApiRequest.get("v3", "rooms", roomId, "state"))
        .thenApply(
            result ->
                result.map(
                    array -> {
                      List<ObjectNode> events = new ArrayList<>();
                      for (JsonNode event : array) {
                        if (event instanceof ObjectNode object) {
                          events.add(object);
                        }
                      }
                      return List.copyOf(events);
                    }));
  }

  private ApiResult<SyncAnswer> read(ObjectNode answer) {
    if (!answer.path("next_batch").isTextual()) {
      return new ApiResult.Failed<>(
          new ApiFailure.NotMatrix(api.homeserver().toString(), "sync without next_batch"));
    }
    return new ApiResult.Ok<>(SyncAnswer.of(answer));
  }
}
