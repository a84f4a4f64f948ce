package io.matrixrtc.token;

import io.matrixrtc.token.federation.AddressPolicy;
import io.matrixrtc.token.federation.CheckedHttp;
import io.matrixrtc.token.federation.OpenIdLookup;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the token service works with.
 *
 * @param livekitUrl the SFU's WebSocket URL, given to clients as it is
 * @param apiKey the key that signs tokens, and that the SFU signs webhooks with
 * @param fullAccess the homeservers that may open rooms
 * @param host the address to listen on
 * @param port the port to listen on, 0 for a free one
 * @param sanityInterval between two looks at the SFU for each delegated leave; zero for none
 * @param clientApis client-server APIs of servers, by name; their addresses are not checked
 * @param federationApis where to ask servers about OpenID tokens, by name; not checked either
 * @param addresses what callers may make the service connect to
 * @param trust whose certificates count
 * @param rateLimit requests of one client address
 * @param behindProxy whether the last address of {@code X-Forwarded-For} is the client's
 * @param lookUpTimeout for finding and asking a homeserver, and for a request's body to come
 * @param leaveFile keeps delegated leaves over a restart; without one they end with the service
 */
public record TokenServiceConfig(
    String livekitUrl,
    ApiKey apiKey,
    FullAccess fullAccess,
    String host,
    int port,
    Duration sanityInterval,
    Map<String, URI> clientApis,
    Map<String, URI> federationApis,
    AddressPolicy addresses,
    CheckedHttp.Trust trust,
    RateLimit rateLimit,
    boolean behindProxy,
    Duration lookUpTimeout,
    Optional<Path> leaveFile) {
  /** Where upstream listens. */
  public static final int DEFAULT_PORT = 8080;

  public TokenServiceConfig {
    clientApis = Map.copyOf(clientApis);
    federationApis = Map.copyOf(federationApis);
    if (!livekitUrl.matches("(?:wss?|https?)://[^\\s/]+.*")) {
      throw new IllegalArgumentException("LIVEKIT_URL: want ws://… or wss://…, got " + livekitUrl);
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: want 0 to 65535, got " + port);
    }
    if (sanityInterval.isNegative()) {
      throw new IllegalArgumentException("sanity check interval: want 0 or more");
    }
    if (lookUpTimeout.isNegative() || lookUpTimeout.isZero()) {
      throw new IllegalArgumentException("look-up timeout: want a positive one");
    }
  }

  /** The usual settings: every address on port 8080, public homeservers alone. */
  public static TokenServiceConfig of(String livekitUrl, ApiKey apiKey, FullAccess fullAccess) {
    return new TokenServiceConfig(
        livekitUrl,
        apiKey,
        fullAccess,
        "0.0.0.0",
        DEFAULT_PORT,
        Duration.ZERO,
        Map.of(),
        Map.of(),
        AddressPolicy.publicOnly(),
        CheckedHttp.Trust.ofJdk(),
        RateLimit.DEFAULT,
        false,
        OpenIdLookup.TIMEOUT,
        Optional.empty());
  }

  /** Returns the settings with another address to listen on. */
  public TokenServiceConfig listeningOn(String otherHost, int otherPort) {
    return new TokenServiceConfig(
        livekitUrl,
        apiKey,
        fullAccess,
        otherHost,
        otherPort,
        sanityInterval,
        clientApis,
        federationApis,
        addresses,
        trust,
        rateLimit,
        behindProxy,
        lookUpTimeout,
        leaveFile);
  }

  /** Returns the settings with looks at the SFU. */
  public TokenServiceConfig withSanityInterval(Duration interval) {
    return new TokenServiceConfig(
        livekitUrl,
        apiKey,
        fullAccess,
        host,
        port,
        interval,
        clientApis,
        federationApis,
        addresses,
        trust,
        rateLimit,
        behindProxy,
        lookUpTimeout,
        leaveFile);
  }

  /** Returns the settings with servers that need not be found. */
  public TokenServiceConfig withServers(
      Map<String, URI> otherClientApis, Map<String, URI> otherFederationApis) {
    return new TokenServiceConfig(
        livekitUrl,
        apiKey,
        fullAccess,
        host,
        port,
        sanityInterval,
        otherClientApis,
        otherFederationApis,
        addresses,
        trust,
        rateLimit,
        behindProxy,
        lookUpTimeout,
        leaveFile);
  }

  /** Returns the settings with other rules for connections to homeservers. */
  public TokenServiceConfig withNetwork(
      AddressPolicy policy, CheckedHttp.Trust otherTrust, Duration timeout) {
    return new TokenServiceConfig(
        livekitUrl,
        apiKey,
        fullAccess,
        host,
        port,
        sanityInterval,
        clientApis,
        federationApis,
        policy,
        otherTrust,
        rateLimit,
        behindProxy,
        timeout,
        leaveFile);
  }

  /** Returns the settings with another rate limit, and another way to tell clients apart. */
  public TokenServiceConfig withRateLimit(RateLimit limit, boolean proxy) {
    return new TokenServiceConfig(
        livekitUrl,
        apiKey,
        fullAccess,
        host,
        port,
        sanityInterval,
        clientApis,
        federationApis,
        addresses,
        trust,
        limit,
        proxy,
        lookUpTimeout,
        leaveFile);
  }

  /** Returns the settings with a file that keeps delegated leaves over a restart. */
  public TokenServiceConfig withLeaveFile(Path file) {
    return new TokenServiceConfig(
        livekitUrl,
        apiKey,
        fullAccess,
        host,
        port,
        sanityInterval,
        clientApis,
        federationApis,
        addresses,
        trust,
        rateLimit,
        behindProxy,
        lookUpTimeout,
        Optional.of(file));
  }
}
