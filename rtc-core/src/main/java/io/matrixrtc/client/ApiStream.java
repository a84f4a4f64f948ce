package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One request whose answer is handed on as it comes. It is sent once, but for tokens that ended.
 * Confined to the scheduler once it has begun.
 */
final class ApiStream {
  private final HomeserverApi api;
  private final ApiRequest request;
  private final BodySink sink;
  private final SerialScheduler scheduler;
  private final CompletableFuture<ApiResult<Boolean>> end = new CompletableFuture<>();
  private int refusals;
  private @Nullable AccessToken used;
  private @Nullable CompletionStage<HttpAnswer> onTheWire;

  ApiStream(HomeserverApi api, ApiRequest request, BodySink sink) {
    this.api = api;
    this.request = request;
    this.sink = sink;
    this.scheduler = api.settings().scheduler();
    end.whenComplete((result, error) -> scheduler.execute(this::letGo));
  }

  /** Completes when all was taken, or with why not; cancelling it breaks the answer off. */
  CompletableFuture<ApiResult<Boolean>> end() {
    return end;
  }

  void begin() {
    api.authorize(request, this::transmit, this::failed);
  }

  private void transmit(@Nullable AccessToken token) {
    if (end.isDone()) {
      return;
    }
    used = token;
    Duration limit = request.timeout().orElse(api.settings().requestTimeout());
    HttpCall call = request.call(api.homeserver(), token, limit);
    CompletionStage<HttpAnswer> sent = api.settings().http().stream(call, sink);
    onTheWire = sent;
    sent.whenComplete((answer, error) -> scheduler.execute(() -> onEnd(answer, error)));
  }

  private void onEnd(@Nullable HttpAnswer answer, @Nullable Throwable error) {
    onTheWire = null;
    if (answer == null) {
      failed(api.reader().unreachable(error == null ? new IllegalStateException() : error));
    } else if (answer.status() / 100 == 2) {
      end.complete(new ApiResult.Ok<>(true));
    } else if (api.reader().read(answer, ObjectNode.class)
        instanceof ApiResult.Failed<ObjectNode> failed) {
      refused(failed.failure());
    }
  }

  private void refused(ApiFailure failure) {
    AccessToken refused = used;
    if (refused != null && failure instanceof ApiFailure.LoggedOut out) {
      used = null; // LOGIN-REFRESH: nothing was handed on
      api.tokens().orElseThrow().onRejected(refused, ++refusals, out, this::transmit, this::failed);
    } else {
      failed(failure);
    }
  }

  private void failed(ApiFailure failure) {
    end.complete(new ApiResult.Failed<>(failure));
  }

  private void letGo() {
    CompletionStage<HttpAnswer> abandoned = onTheWire;
    onTheWire = null;
    if (abandoned != null) {
      abandoned.toCompletableFuture().cancel(true);
    }
    api.ended(this);
  }

  /** CLIENT-CLOSE: ends it at once, exceptionally. */
  void close() {
    end.completeExceptionally(new IllegalStateException("client is closed"));
  }
}
