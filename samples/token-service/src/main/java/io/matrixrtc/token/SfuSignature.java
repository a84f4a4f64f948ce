package io.matrixrtc.token;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTVerifier;
import com.auth0.jwt.RegisteredClaims;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.interfaces.DecodedJWT;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * Tells whether a token was signed with our API key, by the rules of LiveKit's own verifier
 * (LK-VERIFY): HS256 alone, our key as the issuer, an expiry, a minute of leeway. Safe for many
 * threads.
 */
final class SfuSignature {
  /** By how much clocks may differ. */
  static final Duration LEEWAY = Duration.ofMinutes(1);

  private final JWTVerifier verifier;

  SfuSignature(ApiKey apiKey, Duration leeway, Clock clock) {
    JWTVerifier.BaseVerification rules =
        (JWTVerifier.BaseVerification)
            JWT.require(Algorithm.HMAC256(apiKey.secret()))
                .withIssuer(apiKey.key())
                .withClaimPresence(RegisteredClaims.EXPIRES_AT)
                .acceptLeeway(leeway.toSeconds());
    this.verifier = rules.build(clock);
  }

  /** Returns the token's claims, or nothing if it does not count now. */
  Optional<DecodedJWT> verify(String token) {
    try {
      return Optional.of(verifier.verify(token));
    } catch (JWTVerificationException e) {
      return Optional.empty(); // which of the rules it broke helps no one but its forger
    }
  }

  /** Whether {@code token} counts now and vouches for exactly these bytes (LK-WEBHOOK-HASH). */
  boolean vouchesFor(String token, byte[] body) {
    return verify(token)
        .map(claims -> claims.getClaim("sha256").asString())
        .filter(hash -> MessageDigest.isEqual(ascii(hash), ascii(sha256(body))))
        .isPresent();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The claim that a webhook's token makes about its body: padded standard base64. */
  static String sha256(byte[] body) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
