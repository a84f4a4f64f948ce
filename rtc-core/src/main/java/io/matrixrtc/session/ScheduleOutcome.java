package io.matrixrtc.session;

import java.time.Duration;
import java.util.Optional;

/** What became of a request to send an event later (MSC4140). */
public sealed interface ScheduleOutcome {

  /** The homeserver will send it. */
  record Scheduled(DelayId id) implements ScheduleOutcome {}

  /**
   * The delay is longer than the homeserver allows: 400 with {@code M_MAX_DELAY_EXCEEDED}, or 403
   * {@code M_FORBIDDEN}, which newer ones answer for other reasons, too.
   *
   * @param longest what it allows, from the error or its capabilities, if known
   */
  record TooLong(Optional<Duration> longest) implements ScheduleOutcome {}

  /** The homeserver, or the way to it, has no delayed events. */
  record Unsupported(String message) implements ScheduleOutcome {}

  /** 429, with the wait that the homeserver asked for. */
  record RateLimited(Optional<Duration> retryAfter) implements ScheduleOutcome {}

  /** No answer, or 5xx: it may have been scheduled or not; worth another try. */
  record Unreachable(String message) implements ScheduleOutcome {}

  /** Any other refusal. */
  record Rejected(String errcode, String message) implements ScheduleOutcome {}
}
