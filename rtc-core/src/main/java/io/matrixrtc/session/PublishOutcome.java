package io.matrixrtc.session;

import java.time.Duration;
import java.util.Optional;

/** What became of a request to send an event. */
public sealed interface PublishOutcome {

  /** The homeserver accepted it. */
  record Published(String eventId) implements PublishOutcome {}

  /** 403: this user may not send such an event in this room. */
  record Forbidden(String message) implements PublishOutcome {}

  /** 429, with the wait that the homeserver asked for. */
  record RateLimited(Optional<Duration> retryAfter) implements PublishOutcome {}

  /** No answer, or 5xx: it may have been accepted or not; worth another try. */
  record Unreachable(String message) implements PublishOutcome {}

  /** Any other refusal, which another try would meet again. */
  record Rejected(String errcode, String message) implements PublishOutcome {}

  /** The homeserver, or the way to it, cannot send such events: no sticky ones, for example. */
  record Unsupported(String message) implements PublishOutcome {}
}
