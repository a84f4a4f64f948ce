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

  /** Whether another try may have another outcome. */
  default boolean isPassing() {
    return this instanceof RateLimited || this instanceof Unreachable;
  }

  /** What happened, for people. */
  default String sentence() {
    if (this instanceof Published published) {
      return "published as " + published.eventId();
    } else if (this instanceof Forbidden forbidden) {
      return forbidden.message();
    } else if (this instanceof RateLimited) {
      return "rate limited";
    } else if (this instanceof Unreachable unreachable) {
      return unreachable.message();
    } else if (this instanceof Rejected rejected) {
      return rejected.errcode() + " " + rejected.message();
    } else if (this instanceof Unsupported unsupported) {
      return unsupported.message();
    }
    throw new IllegalStateException("unknown outcome");
  }
}
