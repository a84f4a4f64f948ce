package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** {@code /sync} and filters. Matrix specification, "Syncing"; MSC4222 where it is offered. */
public final class SyncApi {
  private static final String MSC4222_STATE_AFTER = "org.matrix.msc4222.use_state_after";

  /**
   * How much longer than its wait a sync that may be held can take, if requests may: a connection
   * that died silently is noticed soon (SYNC-SILENCE).
   */
  static final Duration HELD_MARGIN = Duration.ofSeconds(10);

  private final HomeserverApi api;
  private final String userId;

  SyncApi(HomeserverApi api, String userId) {
    this.api = api;
    this.userId = userId;
  }

  /**
   * {@code GET /sync}, one try.
   *
   * @param since the token of the last answer that was taken
   * @param wait how long the homeserver may hold the request until there is something to tell
   * @param filterId from {@link #createFilter}
   */
  public CompletionStage<ApiResult<SyncAnswer>> sync(
      Optional<String> since, Duration wait, Optional<String> filterId) {
    ApiRequest request =
        ApiRequest.get("v3", "sync")
            .with("timeout", Long.toString(wait.toMillis()))
            .with(MSC4222_STATE_AFTER, "true")
            .within(limit(since, wait));
    if (since.isPresent()) {
      request = request.with("since", since.get());
    }
    if (filterId.isPresent()) {
      request = request.with("filter", filterId.get());
    }
    return api.once(request).thenApply(result -> result.fold(this::read, ApiResult.Failed::new));
  }

  /**
   * What the timeline and the sticky section of one room hold now, one try (FEED-STICKY): a first
   * sync for that room alone, which takes nothing away from the sync that goes on. At most 100
   * events of the sticky section, as homeservers give out at a time.
   */
  CompletionStage<ApiResult<SyncAnswer.RoomSection>> liveEvents(String roomId) {
    ApiRequest request =
        ApiRequest.get("v3", "sync")
            .with("timeout", "0")
            .with("filter", SyncFilter.liveEvents(roomId).toString());
    return api.once(request)
        .thenApply(
            result ->
                result.map(
                    answer ->
                        SyncAnswer.of(answer)
                            .rooms()
                            .getOrDefault(
                                roomId,
                                new SyncAnswer.RoomSection(
                                    "leave", List.of(), List.of(), List.of()))));
  }

  private Duration limit(Optional<String> since, Duration wait) {
    Duration usual = api.settings().requestTimeout();
    boolean held = since.isPresent() && !wait.isZero();
    return held && usual.compareTo(HELD_MARGIN) > 0 ? wait.plus(HELD_MARGIN) : wait.plus(usual);
  }

  /** {@code POST /user/{user}/filter}, one try; gives the filter's id. */
  public CompletionStage<ApiResult<String>> createFilter(SyncFilter filter) {
    return api.once(ApiRequest.post(filter.toJson(), "v3", "user", userId, "filter"))
        .thenApply(
            result ->
                result.fold(
                    answer ->
                        answer.path("filter_id").isTextual()
                            ? new ApiResult.Ok<>(answer.path("filter_id").textValue())
                            : notMatrix("an answer without filter_id"),
                    ApiResult.Failed::new));
  }

  private ApiResult<SyncAnswer> read(ObjectNode answer) {
    return answer.path("next_batch").isTextual()
        ? new ApiResult.Ok<>(SyncAnswer.of(answer))
        : notMatrix("sync without next_batch");
  }

  private <T> ApiResult<T> notMatrix(String why) {
    return new ApiResult.Failed<>(new ApiFailure.NotMatrix(api.homeserver().toString(), why));
  }
}
