package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * The tokens in an answer to a login or a refresh.
 *
 * @param access the access token
 * @param refresh what renews it; after a refresh without one, the earlier one still does
 * @param expiresAt when it ends, if it was said
 */
record TokenAnswer(
    AccessToken access, Optional<RefreshToken> refresh, Optional<Instant> expiresAt) {
  /** A century: longer lifetimes mean none, and must not overflow. */
  private static final long MAX_MILLIS = 100L * 366 * 24 * 3_600_000;

  /** Reads the answer of {@code now}; nothing if there is no token that fits into a header. */
  static Optional<TokenAnswer> read(JsonNode answer, Instant now) {
    String refresh = answer.path("refresh_token").asText("");
    JsonNode lifetime = answer.path("expires_in_ms");
    boolean expires =
        lifetime.isIntegralNumber() && lifetime.canConvertToLong() && lifetime.longValue() > 0;
    return AccessToken.parse(answer.path("access_token").asText())
        .map(
            access ->
                new TokenAnswer(
                    access,
                    refresh.isEmpty() ? Optional.empty() : Optional.of(RefreshToken.of(refresh)),
                    expires
                        ? Optional.of(now.plusMillis(Math.min(lifetime.longValue(), MAX_MILLIS)))
                        : Optional.empty()));
  }
}
