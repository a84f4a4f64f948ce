package io.matrixrtc.token;

import io.matrixrtc.token.federation.AddressPolicy;
import io.matrixrtc.token.federation.AddressRange;
import io.matrixrtc.token.federation.CheckedHttp;
import io.matrixrtc.token.federation.OpenIdLookup;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads settings from environment variables: the ones of lk-jwt-service under their names
 * (ENV-UPSTREAM), and our own, which begin with {@code MATRIXRTC_}.
 */
public final class EnvironmentSettings {
  private static final String LAB_WORD = "YES_I_KNOW_WHAT_I_AM_DOING";

  private final Map<String, String> environment;

  private EnvironmentSettings(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Returns the settings.
   *
   * @throws IllegalArgumentException with one sentence that names the variable
   */
  public static TokenServiceConfig read(Map<String, String> environment) {
    return new EnvironmentSettings(environment).read();
  }

  private TokenServiceConfig read() {
    if (has("LIVEKIT_REDIS_URL")) { // who relies on it must know (ENV-REDIS)
      throw new IllegalArgumentException(
          "LIVEKIT_REDIS_URL: delegated leaves are kept in memory, or in the file that"
              + " MATRIXRTC_LEAVE_FILE names; unset it");
    }
    if (!has("LIVEKIT_URL")) {
      throw new IllegalArgumentException("LIVEKIT_URL: want the WebSocket URL of the SFU");
    }
    TokenServiceConfig config =
        TokenServiceConfig.of(get("LIVEKIT_URL"), apiKey(), fullAccess())
            .withSanityInterval(sanityInterval())
            .withServers(urls("LIVEKIT_CS_API_URL_OVERRIDES"), urls("MATRIXRTC_FEDERATION_URLS"))
            .withNetwork(addresses(), trust(), OpenIdLookup.TIMEOUT)
            .withRateLimit(rateLimit(), get("MATRIXRTC_BEHIND_PROXY").equals("true"));
    if (has("MATRIXRTC_LEAVE_FILE")) {
      config = config.withLeaveFile(Path.of(get("MATRIXRTC_LEAVE_FILE")));
    }
    return bound(config);
  }

  private String get(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  private boolean has(String name) {
    return !get(name).isEmpty();
  }

  private ApiKey apiKey() {
    String key;
    String secret;
    if (has("LIVEKIT_KEY_FILE")) {
      String[] parts = file("LIVEKIT_KEY_FILE").split(":", -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException("LIVEKIT_KEY_FILE: want one line, key: secret");
      }
      key = parts[0].strip();
      secret = parts[1].strip();
    } else {
      key = has("LIVEKIT_KEY_FROM_FILE") ? file("LIVEKIT_KEY_FROM_FILE") : get("LIVEKIT_KEY");
      secret =
          has("LIVEKIT_SECRET_FROM_FILE")
              ? file("LIVEKIT_SECRET_FROM_FILE")
              : get("LIVEKIT_SECRET");
    }
    if (key.isEmpty() || secret.isEmpty()) {
      throw new IllegalArgumentException(
          "LIVEKIT_KEY and LIVEKIT_SECRET: want the API key of the SFU and its secret");
    }
    return ApiKey.of(key, secret);
  }

  private String file(String name) {
    try {
      return Files.readString(Path.of(get(name))).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(name + ": the file cannot be read", e);
    }
  }

  private FullAccess fullAccess() {
    List<String> names = words("LIVEKIT_FULL_ACCESS_HOMESERVERS").toList();
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "LIVEKIT_FULL_ACCESS_HOMESERVERS: name the homeservers that may open rooms, or *");
    }
    return new FullAccess(names);
  }

  private Stream<String> words(String name) {
    return Arrays.stream(get(name).split("[,\\s]+")).filter(word -> !word.isEmpty());
  }

  private Duration sanityInterval() {
    String seconds = get("LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS");
    if (!seconds.matches("[0-9]{0,9}")) {
      throw new IllegalArgumentException(
          "LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS: want whole seconds, 0 for none");
    }
    return Duration.ofSeconds(seconds.isEmpty() ? 0 : Long.parseLong(seconds));
  }

  /** {@code name=url, name=url}; a URL without a scheme is an https one. */
  private Map<String, URI> urls(String variable) {
    Map<String, URI> urls = new LinkedHashMap<>();
    for (String entry : get(variable).split(",", -1)) {
      if (entry.isBlank()) {
        continue;
      }
      String[] parts = entry.split("=", 2);
      String url = parts.length < 2 ? "" : parts[1].strip().replaceAll("/+$", "");
      try {
        URI uri = new URI(url.contains("://") ? url : "https://" + url);
        if (uri.getHost() == null || parts[0].isBlank()) {
          throw new IllegalArgumentException(variable + ": want server_name=url");
        }
        urls.put(parts[0].strip(), uri);
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(variable + ": want server_name=url", e);
      }
    }
    return urls;
  }

  private AddressPolicy addresses() {
    try {
      return new AddressPolicy(
          words("MATRIXRTC_ALLOWED_ADDRESSES").map(AddressRange::parse).toList());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "MATRIXRTC_ALLOWED_ADDRESSES: want blocks such as 10.0.0.0/8", e);
    }
  }

  private CheckedHttp.Trust trust() {
    return new CheckedHttp.Trust(
        Optional.of(get("MATRIXRTC_CA_FILE")).filter(name -> !name.isEmpty()).map(Path::of),
        get("LIVEKIT_INSECURE_SKIP_VERIFY_TLS").equals(LAB_WORD));
  }

  private RateLimit rateLimit() {
    String limit = get("MATRIXRTC_REQUESTS_PER_SECOND");
    if (limit.isEmpty()) {
      return RateLimit.DEFAULT;
    }
    if (!limit.matches("[0-9]{1,6}")) {
      throw new IllegalArgumentException(
          "MATRIXRTC_REQUESTS_PER_SECOND: want a whole number, 0 for no limit");
    }
    int perSecond = Integer.parseInt(limit);
    return perSecond == 0 ? RateLimit.NONE : new RateLimit(perSecond, 10 * perSecond);
  }

  private TokenServiceConfig bound(TokenServiceConfig config) {
    if (!has("LIVEKIT_JWT_BIND")) {
      return has("LIVEKIT_JWT_PORT")
          ? config.listeningOn(config.host(), port("LIVEKIT_JWT_PORT", get("LIVEKIT_JWT_PORT")))
          : config;
    } else if (has("LIVEKIT_JWT_PORT")) {
      throw new IllegalArgumentException(
          "LIVEKIT_JWT_BIND and LIVEKIT_JWT_PORT: want only one of them");
    }
    String bind = get("LIVEKIT_JWT_BIND");
    int colon = bind.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("LIVEKIT_JWT_BIND: want host:port or :port");
    }
    String host = bind.substring(0, colon).replaceAll("^\\[|\\]$", "");
    return config.listeningOn(
        host.isEmpty() ? config.host() : host, port("LIVEKIT_JWT_BIND", bind.substring(colon + 1)));
  }

  private static int port(String variable, String text) {
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
      throw new IllegalArgumentException(variable + ": want a port of 0 to 65535");
    }
    return Integer.parseInt(text);
  }
}
