package io.matrixrtc.homeserver.delayed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import java.time.Duration;

/**
 * Limits of delayed events.
 *
 * @param enabled without it the server names no such feature and refuses to schedule
 * @param maxDelay longest delay
 * @param maxScheduled how many a user may have scheduled at once
 * @param tooLong how a longer delay is refused on the unstable endpoints
 */
public record DelayedEventPolicy(
    boolean enabled, Duration maxDelay, int maxScheduled, TooLong tooLong) {

  /** The answers that servers of different age give to a delay that is too long. */
  public enum TooLong {
    /** 403 {@code M_FORBIDDEN}: Synapse of July 2026 (1.157). */
    FORBIDDEN,
    /** 400 {@code M_UNKNOWN} with the code and the limit in prefixed members: Synapse before. */
    MAX_DELAY_EXCEEDED,
    /** 400 with a code of its own: Synapse since the end of August 2026. */
    DELAY_TOO_LARGE
  }

  public DelayedEventPolicy {
    if (maxDelay.isNegative() || maxDelay.isZero() || maxScheduled < 1) {
      throw new IllegalArgumentException("delayed events: want limits above zero");
    }
  }

  /** A day, and a hundred for each user. */
  public static DelayedEventPolicy defaults() {
    return new DelayedEventPolicy(true, Duration.ofDays(1), 100, TooLong.FORBIDDEN);
  }

  /** As a server that does not offer them. */
  public static DelayedEventPolicy off() {
    return new DelayedEventPolicy(false, Duration.ofDays(1), 100, TooLong.FORBIDDEN);
  }

  public DelayedEventPolicy withLimits(Duration delay, int scheduled) {
    return new DelayedEventPolicy(enabled, delay, scheduled, tooLong);
  }

  public DelayedEventPolicy withTooLong(TooLong answer) {
    return new DelayedEventPolicy(enabled, maxDelay, maxScheduled, answer);
  }

  /** As {@code /capabilities} names the limits. */
  public ObjectNode capability() {
    return Json.object()
        .put("max_delay_ms", maxDelay.toMillis())
        .put("max_scheduled", maxScheduled);
  }

  /** HS-DELAY-MAX: the refusal of a delay that is too long. */
  MatrixException refusal(boolean stable) {
    long max = maxDelay.toMillis();
    String text = "The requested delay exceeds the allowed maximum of " + max + " ms";
    if (stable) {
      return refusal("M_DELAY_TOO_LARGE", text, Json.object().put("max_delay_ms", max));
    }
    return switch (tooLong) {
      case FORBIDDEN -> MatrixException.forbidden(text);
      case MAX_DELAY_EXCEEDED ->
          refusal(
              ErrorCode.M_UNKNOWN.name(),
              text,
              Json.object()
                  .put("org.matrix.msc4140.errcode", "M_MAX_DELAY_EXCEEDED")
                  .put("org.matrix.msc4140.max_delay", max));
      case DELAY_TOO_LARGE -> refusal("ORG.MATRIX.MSC4140_DELAY_TOO_LARGE", text, Json.object());
    };
  }

  private static MatrixException refusal(String code, String text, ObjectNode more) {
    return MatrixException.of(
        Answer.json(400, Json.object().put("errcode", code).put("error", text).setAll(more)));
  }
}
