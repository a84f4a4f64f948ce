package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.DelayedEventsApi.Limits;
import io.matrixrtc.session.DelayedUpdateOutcome;
import io.matrixrtc.session.ScheduleOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What answers about delayed events (MSC4140) mean for a session. */
final class DelayedOutcomes {
  private static final String UNSTABLE = "org.matrix.msc4140.";

  /** The names of the error under which a delay has been too long so far. */
  private static final List<String> TOO_LONG =
      List.of("M_MAX_DELAY_EXCEEDED", "ORG.MATRIX.MSC4140_MAX_DELAY_EXCEEDED");

  private DelayedOutcomes() {}

  /** Whether it is a 403, which may mean too long a delay or something else. */
  static boolean isForbidden(ApiFailure failure) {
    return failure instanceof ApiFailure.Refused refused && refused.status() == 403;
  }

  /** DELAY-TOO-LONG: what a 403 means, given the limits that the homeserver tells of. */
  static ScheduleOutcome forbidden(ApiFailure failure, Duration asked, Limits limits) {
    if (limits.longest().isEmpty()) {
      return new ScheduleOutcome.TooLong(Optional.empty());
    }
    Duration longest = limits.longest().get();
    if (longest.isZero()) {
      return new ScheduleOutcome.Unsupported("the homeserver has switched delayed events off");
    }
    return asked.compareTo(longest) > 0
        ? new ScheduleOutcome.TooLong(limits.longest())
        : rejected(failure);
  }

  static ScheduleOutcome scheduling(ApiFailure failure) {
    if (failure instanceof ApiFailure.Unsupported unsupported) {
      return new ScheduleOutcome.Unsupported(unsupported.sentence());
    } else if (failure instanceof ApiFailure.RateLimited limited) {
      return new ScheduleOutcome.RateLimited(limited.retryAfter());
    } else if (failure.isTransient()) {
      return new ScheduleOutcome.Unreachable(failure.sentence());
    } else if (failure instanceof ApiFailure.Refused refused && isTooLong(refused)) {
      return new ScheduleOutcome.TooLong(longest(refused.body()));
    }
    return rejected(failure);
  }

  private static ScheduleOutcome rejected(ApiFailure failure) {
    return failure instanceof ApiFailure.Refused refused
        ? new ScheduleOutcome.Rejected(refused.errcode(), refused.message())
        : new ScheduleOutcome.Rejected("M_UNKNOWN", failure.sentence());
  }

  private static boolean isTooLong(ApiFailure.Refused refused) {
    return TOO_LONG.contains(refused.errcode())
        || TOO_LONG.contains(refused.body().path(UNSTABLE + "errcode").asText());
  }

  private static Optional<Duration> longest(ObjectNode body) {
    for (String name : List.of("max_delay", UNSTABLE + "max_delay", "max_delay_ms")) {
      JsonNode told = body.path(name);
      if (told.isIntegralNumber() && told.canConvertToLong() && told.asLong() >= 0) {
        return Optional.of(Duration.ofMillis(told.asLong()));
      }
    }
    return Optional.empty();
  }

  /** DELAY-GONE: 404, and 409 for one that ended otherwise, mean that it is over. */
  static DelayedUpdateOutcome updating(ApiFailure failure) {
    if (failure instanceof ApiFailure.Unsupported unsupported) {
      return new DelayedUpdateOutcome.Unsupported(unsupported.sentence());
    } else if (failure instanceof ApiFailure.RateLimited limited) {
      return new DelayedUpdateOutcome.RateLimited(limited.retryAfter());
    } else if (failure.isTransient()) {
      return new DelayedUpdateOutcome.Unreachable(failure.sentence());
    } else if (failure instanceof ApiFailure.Refused refused) {
      return refused.errcode().equals("M_NOT_FOUND") || refused.status() == 409
          ? new DelayedUpdateOutcome.NotFound()
          : new DelayedUpdateOutcome.Rejected(refused.errcode(), refused.message());
    }
    return new DelayedUpdateOutcome.Rejected("M_UNKNOWN", failure.sentence());
  }
}
