package io.matrixrtc.token.federation;

import java.time.Duration;
import java.util.Optional;

/** What a homeserver says to a restart or a send of a delayed event. */
public sealed interface DelayedEventResult {

  /** It was done. */
  record Done() implements DelayedEventResult {}

  /** There is no such event: it was sent or cancelled before. */
  record NotFound() implements DelayedEventResult {}

  /**
   * It may work later.
   *
   * @param retryAfter not before this, if the homeserver says so
   */
  record Failed(Optional<Duration> retryAfter) implements DelayedEventResult {}
}
