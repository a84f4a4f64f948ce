package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.api.MatrixApiError;
import io.matrixrtc.widget.host.DriverResult;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Puts what the client-server API says into the words of a host's ports. */
final class HomeserverAnswers {
  private HomeserverAnswers() {}

  /** A stage that ends exceptionally means that the client was closed. */
  static <T> CompletionStage<DriverResult<T>> of(CompletionStage<ApiResult<T>> call) {
    return call.handle(
        (result, closed) ->
            result == null ? DriverResult.failed("the client is closed") : of(result));
  }

  static <T> DriverResult<T> of(ApiResult<T> result) {
    return result.fold(DriverResult::done, HomeserverAnswers::failed);
  }

  /** DRIVER-ERROR: an answer of the homeserver goes on as one, everything else as a failure. */
  static <T> DriverResult<T> failed(ApiFailure failure) {
    return new DriverResult.Failed<>(failure.sentence(), matrixError(failure));
  }

  private static Optional<MatrixApiError> matrixError(ApiFailure failure) {
    if (failure instanceof ApiFailure.Refused refused) {
      return Optional.of(error(refused.status(), Map.of(), refused.body()));
    } else if (failure instanceof ApiFailure.RateLimited limited) {
      ObjectNode body = body("M_LIMIT_EXCEEDED", failure);
      limited.retryAfter().ifPresent(wait -> body.put("retry_after_ms", wait.toMillis()));
      Map<String, String> headers =
          limited
              .retryAfter()
              .map(wait -> Map.of("retry-after", Long.toString(Math.max(1, wait.toSeconds()))))
              .orElse(Map.of());
      return Optional.of(error(429, headers, body));
    } else if (failure instanceof ApiFailure.ServerError server) {
      return Optional.of(error(server.status(), Map.of(), body("M_UNKNOWN", failure)));
    }
    return Optional.empty();
  }

  private static ObjectNode body(String errcode, ApiFailure failure) {
    return Json.newObject().put("errcode", errcode).put("error", failure.sentence());
  }

  private static MatrixApiError error(int status, Map<String, String> headers, ObjectNode body) {
    return new MatrixApiError(status, headers, "", body);
  }
}
