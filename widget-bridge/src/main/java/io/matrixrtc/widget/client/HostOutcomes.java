package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.PublishOutcome;
import io.matrixrtc.session.ScheduleOutcome;
import io.matrixrtc.widget.api.MatrixApiError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a host's answers mean for a session (CLIENT-PUBLISH). The homeserver's own words decide
 * where the host passes them on; without them, a refusal of the host, a homeserver that it cannot
 * reach and no answer look the same, and are worth another try.
 */
final class HostOutcomes {
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int RATE_LIMITED = 429;
  private static final int SERVER_ERROR = 500;
  private static final String UNSTABLE = "ORG.MATRIX.MSC4140_";
  private static final List<String> TOO_LONG = List.of("MAX_DELAY_EXCEEDED", "DELAY_TOO_LARGE");

  private HostOutcomes() {}

  static PublishOutcome publishing(WidgetResult result) {
    if (result instanceof WidgetResult.Answered answered
        && answered.response().path("event_id").isTextual()) {
      return new PublishOutcome.Published(answered.response().path("event_id").textValue());
    } else if (result instanceof WidgetResult.Unsupported unsupported) {
      return new PublishOutcome.Unsupported("the host lacks " + unsupported.missing());
    }
    Optional<MatrixApiError> cause = cause(result);
    if (cause.isEmpty() || isPassing(cause.get())) {
      return new PublishOutcome.Unreachable(words(result));
    }
    return switch (cause.get().httpStatus()) {
      case RATE_LIMITED -> new PublishOutcome.RateLimited(retryAfter(cause.get()));
      case FORBIDDEN -> new PublishOutcome.Forbidden(words(result));
      default -> new PublishOutcome.Rejected(errcode(cause.get()), words(result));
    };
  }

  static ScheduleOutcome scheduling(WidgetResult result) {
    if (result instanceof WidgetResult.Answered answered
        && answered.response().path("delay_id").isTextual()) {
      return new ScheduleOutcome.Scheduled(
          new DelayId(answered.response().path("delay_id").textValue()));
    } else if (result instanceof WidgetResult.Unsupported unsupported) {
      return new ScheduleOutcome.Unsupported("the host lacks " + unsupported.missing());
    } else if (result instanceof WidgetResult.Refused refused
        && refused.error().matrixApiError().isEmpty()) {
      return new ScheduleOutcome.Unsupported(words(result)); // a call can do without
    }
    Optional<MatrixApiError> cause = cause(result);
    if (cause.isEmpty() || isPassing(cause.get())) {
      return new ScheduleOutcome.Unreachable(words(result));
    }
    String errcode = errcode(cause.get());
    if (errcode.equals("M_UNRECOGNIZED")) {
      return new ScheduleOutcome.Unsupported(words(result));
    } else if (cause.get().httpStatus() == RATE_LIMITED) {
      return new ScheduleOutcome.RateLimited(retryAfter(cause.get()));
    } else if (TOO_LONG.stream()
        .anyMatch(name -> errcode.equals("M_" + name) || errcode.equals(UNSTABLE + name))) {
      return new ScheduleOutcome.TooLong(longest(cause.get()));
    }
    return new ScheduleOutcome.Rejected(errcode, words(result));
  }

  static DelayedUpdateOutcome updating(WidgetResult result) {
    if (result instanceof WidgetResult.Answered) {
      return new DelayedUpdateOutcome.Done();
    } else if (result instanceof WidgetResult.Unsupported unsupported) {
      return new DelayedUpdateOutcome.Unsupported("the host lacks " + unsupported.missing());
    }
    Optional<MatrixApiError> cause = cause(result);
    if (cause.isEmpty() || isPassing(cause.get())) {
      return new DelayedUpdateOutcome.Unreachable(words(result));
    }
    String errcode = errcode(cause.get());
    return switch (cause.get().httpStatus()) {
      case RATE_LIMITED -> new DelayedUpdateOutcome.RateLimited(retryAfter(cause.get()));
      case CONFLICT -> new DelayedUpdateOutcome.NotFound();
      case NOT_FOUND ->
          errcode.equals("M_NOT_FOUND")
              ? new DelayedUpdateOutcome.NotFound()
              : new DelayedUpdateOutcome.Unsupported(words(result));
      default -> new DelayedUpdateOutcome.Rejected(errcode, words(result));
    };
  }

  private static Optional<MatrixApiError> cause(WidgetResult result) {
    return result instanceof WidgetResult.Refused refused
        ? refused.error().matrixApiError()
        : Optional.empty();
  }

  private static boolean isPassing(MatrixApiError cause) {
    return cause.httpStatus() >= SERVER_ERROR;
  }

  private static String words(WidgetResult result) {
    if (result instanceof WidgetResult.Refused refused) {
      return refused
          .error()
          .matrixApiError()
          .map(cause -> cause.response().path("error").asText(refused.error().message()))
          .orElse(refused.error().message());
    } else if (result instanceof WidgetResult.TimedOut) {
      return "the host did not answer in time";
    } else if (result instanceof WidgetResult.Closed) {
      return "the widget was closed";
    }
    return "the host's answer says nothing";
  }

  private static String errcode(MatrixApiError cause) {
    return cause.response().path("errcode").asText("M_UNKNOWN");
  }

  private static Optional<Duration> retryAfter(MatrixApiError cause) {
    Optional<Duration> body =
        millis(cause.response().path("retry_after_ms")).map(Duration::ofMillis);
    String header = cause.httpHeaders().getOrDefault("retry-after", "");
    return header.matches("\\d{1,6}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(header)))
        : body;
  }

  private static Optional<Duration> longest(MatrixApiError cause) {
    return millis(cause.response().path("max_delay"))
        .or(() -> millis(cause.response().path("org.matrix.msc4140.max_delay")))
        .map(Duration::ofMillis);
  }

  private static Optional<Long> millis(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0
        ? Optional.of(value.longValue())
        : Optional.empty();
  }
}
