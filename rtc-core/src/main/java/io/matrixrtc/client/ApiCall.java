package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request from its first try to its result: transmits, waits, repeats. Confined to the
 * scheduler of the settings once it has begun.
 */
final class ApiCall<T extends JsonNode> {
  private static final Logger LOG = LoggerFactory.getLogger(ApiCall.class);

  /** How much later than its limit a transport may report that there was no answer. */
  static final Duration TRANSPORT_GRACE = Duration.ofSeconds(2);

  private final HomeserverApi api;
  private final ApiRequest request;
  private final Class<T> shape;
  private final boolean repeats;
  private final SerialScheduler scheduler;
  private final CompletableFuture<ApiResult<T>> end = new CompletableFuture<>();
  private final Instant startedAt;

  private int tries;
  private int refusals;
  private @Nullable AccessToken used;
  private @Nullable CompletionStage<HttpAnswer> onTheWire;
  private @Nullable Instant deadline;
  private SerialScheduler.@Nullable Timer nextTry;

  /** A call that was not made yet; {@code repeats} says whether the retry policy counts. */
  ApiCall(HomeserverApi api, ApiRequest request, Class<T> shape, boolean repeats) {
    this.api = api;
    this.request = request;
    this.shape = shape;
    this.repeats = repeats;
    this.scheduler = api.settings().scheduler();
    this.startedAt = scheduler.now();
  }

  /** Completes with the last try's result; exceptionally if closed, or for a bug. */
  CompletionStage<ApiResult<T>> end() {
    return end;
  }

  /** When an answer must be there; nothing while none is waited for. */
  Optional<Instant> deadline() {
    return Optional.ofNullable(deadline);
  }

  /** Tries once, and then again as often as it makes sense. */
  void attempt() {
    nextTry = null;
    tries++;
    api.authorize(request, this::transmit, this::failed);
  }

  private void transmit(@Nullable AccessToken token) {
    if (end.isDone()) {
      return; // closed while it waited for a token
    }
    used = token;
    Duration limit = request.timeout().orElse(api.settings().requestTimeout());
    CompletionStage<HttpAnswer> sent = send(token, limit);
    onTheWire = sent;
    deadline = scheduler.now().plus(limit).plus(TRANSPORT_GRACE);
    sent.whenComplete(
        (answer, error) ->
            scheduler.execute(
                () -> {
                  if (onTheWire == sent) {
                    onAnswer(answer, error);
                  }
                }));
    api.open().watch();
  }

  private CompletionStage<HttpAnswer> send(@Nullable AccessToken token, Duration limit) {
    try {
      return api.settings().http().send(request.call(api.homeserver(), token, limit));
    } catch (IllegalArgumentException e) { // an address that is none
      return CompletableFuture.failedFuture(e);
    }
  }

  /** HTTP-TIMEOUT, for a transport that does not keep to the limit itself. */
  void onDeadline() {
    CompletionStage<HttpAnswer> hung = onTheWire;
    if (hung != null) {
      onAnswer(null, new TimeoutException());
      hung.toCompletableFuture().cancel(true);
    }
  }

  private void onAnswer(@Nullable HttpAnswer answer, @Nullable Throwable error) {
    onTheWire = null;
    deadline = null;
    try {
      onResult(
          answer == null
              ? new ApiResult.Failed<>(
                  api.reader().unreachable(error == null ? new IllegalStateException() : error))
              : api.reader().read(answer, shape));
    } catch (RuntimeException bug) {
      finish();
      end.completeExceptionally(bug);
    }
  }

  private void onResult(ApiResult<T> result) {
    if (used != null
        && result instanceof ApiResult.Failed<T> failed
        && failed.failure() instanceof ApiFailure.LoggedOut out) {
      // LOGIN-REFRESH: it was not carried out, so any request may be sent again
      AccessToken refused = used;
      used = null;
      api.tokens().orElseThrow().onRejected(refused, ++refusals, out, this::transmit, this::failed);
      return;
    }
    Optional<Duration> wait =
        repeats ? result.fold(value -> Optional.empty(), this::wait) : Optional.empty();
    if (wait.isPresent()) {
      LOG.info("{} failed, again in {} ms", request, wait.get().toMillis());
      nextTry = scheduler.schedule(scheduler.now().plus(wait.get()), this::attempt);
    } else {
      finish();
      end.complete(result);
    }
  }

  private void failed(ApiFailure failure) {
    used = null;
    onResult(new ApiResult.Failed<>(failure));
  }

  private Optional<Duration> wait(ApiFailure failure) {
    Duration elapsed = Duration.between(startedAt, scheduler.now());
    return api.settings().retries().next(request, failure, tries, elapsed, api.settings().random());
  }

  private void finish() {
    api.open().remove(this);
  }

  /** CLIENT-CLOSE: ends it at once, exceptionally. */
  void close() {
    CompletionStage<HttpAnswer> abandoned = onTheWire;
    onTheWire = null;
    deadline = null;
    if (nextTry != null) {
      nextTry.cancel();
    }
    if (abandoned != null) {
      abandoned.toCompletableFuture().cancel(true);
    }
    end.completeExceptionally(new IllegalStateException("client is closed"));
  }
}
