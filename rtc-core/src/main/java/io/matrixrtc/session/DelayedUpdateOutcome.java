package io.matrixrtc.session;

import java.time.Duration;
import java.util.Optional;

/** What became of a {@link DelayedAction}. */
public sealed interface DelayedUpdateOutcome {

  /** The homeserver did it. */
  record Done() implements DelayedUpdateOutcome {}

  /** There is no such delayed event: it was sent or cancelled. */
  record NotFound() implements DelayedUpdateOutcome {}

  /** The homeserver, or the way to it, cannot do that. */
  record Unsupported(String message) implements DelayedUpdateOutcome {}

  /** 429, with the wait that the homeserver asked for. */
  record RateLimited(Optional<Duration> retryAfter) implements DelayedUpdateOutcome {}

  /** No answer, or 5xx: it may have been done or not; worth another try. */
  record Unreachable(String message) implements DelayedUpdateOutcome {}

  /** Any other refusal. */
  record Rejected(String errcode, String message) implements DelayedUpdateOutcome {}
}
