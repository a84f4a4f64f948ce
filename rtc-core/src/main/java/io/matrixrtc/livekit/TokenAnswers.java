package io.matrixrtc.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.time.Duration;
import java.util.Optional;

/** Tells what a token service's answer means (SFU-ERRORS). */
final class TokenAnswers {
  /** Longest answer that is read, in characters. */
  static final int MAX_CHARS = 64 << 10;

  private static final int MAX_ERRCODE = 64;

  private TokenAnswers() {}

  static TokenFailure unreachable() {
    return new TokenFailure.Unavailable("the token service does not answer");
  }

  static TokenOutcome read(HttpAnswer answer, boolean sticky, boolean delegates) {
    if (answer.status() != 200) {
      return new TokenOutcome.Failed(failure(answer, sticky));
    }
    Optional<SfuAccess> access =
        json(answer) instanceof ObjectNode body ? SfuAccess.read(body) : Optional.empty();
    return access.isPresent()
        ? new TokenOutcome.Granted(access.get(), delegates)
        : new TokenOutcome.Failed(
            new TokenFailure.NotATokenService("its answer holds no URL and token"));
  }

  /**
   * Why there was no success.
   *
   * @param sticky whether a 404 means that the endpoint for sticky memberships is missing
   */
  static TokenFailure failure(HttpAnswer answer, boolean sticky) {
    int status = answer.status();
    JsonNode body = json(answer);
    String errcode = shown(body.path("errcode").asText(""));
    if (status == 429) {
      return new TokenFailure.RateLimited(retryAfter(answer, body));
    } else if (status == 401 || errcode.equals("M_LOOKUP_FAILED")) {
      return new TokenFailure.NotAuthorized(); // the second is how services before 0.4 say it
    } else if (status == 404 && sticky) {
      return new TokenFailure.NoStickyMemberships();
    } else if (status >= 500) {
      return new TokenFailure.Unavailable("the token service answers with status " + status);
    } else if (status >= 400 && !errcode.isEmpty()) {
      return new TokenFailure.Refused(status, errcode);
    }
    return new TokenFailure.NotATokenService("status " + status + " without an error code");
  }

  private static JsonNode json(HttpAnswer answer) {
    try {
      return answer.body().length() > MAX_CHARS
          ? MissingNode.getInstance()
          : Json.parse(answer.body());
    } catch (MalformedJsonException e) {
      return MissingNode.getInstance(); // which has no fields
    }
  }

  private static String shown(String errcode) {
    return errcode.matches("[A-Za-z0-9_.]{1," + MAX_ERRCODE + "}") ? errcode : "";
  }

  private static Optional<Duration> retryAfter(HttpAnswer answer, JsonNode body) {
    if (answer.retryAfter().filter(text -> text.matches("[0-9]{1,6}")).isPresent()) {
      return answer.retryAfter().map(Long::parseLong).map(Duration::ofSeconds);
    }
    JsonNode millis = body.path("retry_after_ms");
    return millis.isIntegralNumber() && millis.canConvertToInt() && millis.intValue() >= 0
        ? Optional.of(Duration.ofMillis(millis.intValue()))
        : Optional.empty();
  }
}
