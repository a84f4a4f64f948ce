package io.matrixrtc.livekit;

import io.matrixrtc.json.Json;
import io.matrixrtc.session.Transport;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The base URL of a LiveKit token service, which stands for its SFU: two members are on one SFU if
 * these are equal.
 *
 * @param url without slashes at its end
 */
public record ServiceUrl(URI url) {
  /** Longest URL, in characters. */
  public static final int MAX_LENGTH = 2_048;

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * Reads a URL (SFU-URL): {@code https}, or {@code http} on this machine, with a host, without
   * user, query and fragment.
   */
  public static Optional<ServiceUrl> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    try {
      URI url = new URI(text.strip().replaceAll("/+$", ""));
      boolean whole = url.getScheme() != null && url.getHost() != null && url.getPort() <= 65_535;
      boolean more =
          url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null;
      return whole && !more && isSafe(url) ? Optional.of(new ServiceUrl(url)) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isSafe(URI url) {
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    return scheme.equals("https")
        || (scheme.equals("http") && LOOPBACK.contains(url.getHost().toLowerCase(Locale.ROOT)));
  }

  /** The token service of {@code transport}; empty if it is no LiveKit one, or names none. */
  public static Optional<ServiceUrl> of(Transport transport) {
    return transport.livekitServiceUrl().flatMap(ServiceUrl::parse);
  }

  /** The transport that a membership publishes for it. */
  public Transport transport() {
    return new Transport(
        Transport.LIVEKIT,
        Json.newObject().put("type", Transport.LIVEKIT).put("livekit_service_url", toString()));
  }

  URI endpoint(String path) {
    return URI.create(url + path);
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
