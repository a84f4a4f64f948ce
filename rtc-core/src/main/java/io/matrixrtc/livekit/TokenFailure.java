package io.matrixrtc.livekit;

import java.time.Duration;
import java.util.Optional;

/** Why a token service did not do what it was asked, by what can be done about it. */
public sealed interface TokenFailure {

  /** It did not answer, or has a problem of its own: try again later. */
  record Unavailable(String why) implements TokenFailure {}

  /** Too many requests: try again after this, if it says so. */
  record RateLimited(Optional<Duration> retryAfter) implements TokenFailure {}

  /** It does not believe the OpenID token: get a new one; then the homeserver is the problem. */
  record NotAuthorized() implements TokenFailure {}

  /** It understood and said no, now and later. */
  record Refused(int status, String errcode) implements TokenFailure {}

  /** It is too old for sticky memberships: there is no {@code /get_token} (SFU-NO-MATRIX2). */
  record NoStickyMemberships() implements TokenFailure {}

  /** What answers there is no token service. */
  record NotATokenService(String why) implements TokenFailure {}
}
