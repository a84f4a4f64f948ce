package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Tells what an answer of one homeserver means, or that there was none. */
final class AnswerReader {
  private static final int MAX_SHOWN_CHARS = 200;

  private final String homeserver;

  AnswerReader(String homeserver) {
    this.homeserver = homeserver;
  }

  /** Reads an answer whose body is to be of {@code shape} if the request worked. */
  <T extends JsonNode> ApiResult<T> read(HttpAnswer answer, Class<T> shape) {
    JsonNode body = json(answer.body());
    int status = answer.status();
    if (status == 429) {
      return failed(new ApiFailure.RateLimited(retryAfter(answer, body)));
    } else if (status >= 500) {
      return failed(new ApiFailure.ServerError(status));
    } else if (status / 100 == 2 && shape.isInstance(body)) {
      return new ApiResult.Ok<>(shape.cast(body));
    } else if (status / 100 != 2 && body.path("errcode").isTextual()) {
      return failed(refusal(status, (ObjectNode) body));
    } else if (status == 401 && body instanceof ObjectNode flows) {
      return failed(refusal(status, flows)); // interactive authentication goes on: no errcode
    }
    return failed( // HTTP-NOT-MATRIX
        new ApiFailure.NotMatrix(
            homeserver, "status " + status + " without the JSON that belongs to it"));
  }

  private static JsonNode json(String body) {
    try {
      return Json.parseAnswer(body);
    } catch (MalformedJsonException e) {
      return MissingNode.getInstance();
    }
  }

  private static ApiFailure refusal(int status, ObjectNode body) {
    String errcode = body.path("errcode").asText("M_UNKNOWN");
    if (status == 401 && (errcode.equals("M_UNKNOWN_TOKEN") || errcode.equals("M_MISSING_TOKEN"))) {
      return new ApiFailure.LoggedOut(body.path("soft_logout").asBoolean(false));
    }
    return new ApiFailure.Refused(
        status, shown(errcode), shown(body.path("error").asText("")), body);
  }

  /** HTTP-RETRY-AFTER: the header, in whole seconds; else the older member, in milliseconds. */
  private static Optional<Duration> retryAfter(HttpAnswer answer, JsonNode body) {
    if (answer.retryAfter().filter(text -> text.matches("[0-9]{1,6}")).isPresent()) {
      return answer.retryAfter().map(Long::parseLong).map(Duration::ofSeconds);
    }
    JsonNode millis = body.path("retry_after_ms");
    return millis.isIntegralNumber() && millis.canConvertToInt() && millis.intValue() >= 0
        ? Optional.of(Duration.ofMillis(millis.intValue()))
        : Optional.empty();
  }

  /** There was no answer, because of {@code error} (HTTP-UNREACHABLE). */
  ApiFailure unreachable(Throwable error) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable one = error; one != null; one = one.getCause()) {
      chain.add(one);
    }
    return new ApiFailure.Unreachable(homeserver, why(chain));
  }

  private static String why(List<Throwable> chain) {
    if (has(chain, UnresolvedAddressException.class) || has(chain, UnknownHostException.class)) {
      return "there is no host of this name";
    } else if (has(chain, HttpTimeoutException.class) || has(chain, TimeoutException.class)) {
      return "no answer in time";
    } else if (has(chain, ConnectException.class)) {
      return "nothing listens there";
    }
    Throwable root = chain.get(chain.size() - 1);
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : shown(message);
  }

  private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
    return chain.stream().anyMatch(type::isInstance);
  }

  private static <T> ApiResult<T> failed(ApiFailure failure) {
    return new ApiResult.Failed<>(failure);
  }

  /** Text from the server, fit for a log line. */
  static String shown(String text) {
    String cut = text.length() > MAX_SHOWN_CHARS ? text.substring(0, MAX_SHOWN_CHARS) : text;
    return cut.replaceAll("\\p{C}", "?");
  }
}
