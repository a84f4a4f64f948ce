package io.matrixrtc.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The address under which a homeserver's API is found. */
final class BaseUrl {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private BaseUrl() {}

  /**
   * Returns the URL of {@code text} without slashes at its end; nothing if it is none (DISC-URL):
   * {@code https} (or {@code http} on this machine), a host, perhaps a port and a path, nothing
   * else.
   */
  static Optional<URI> parse(String text) {
    URI uri;
    try {
      uri = new URI(text.strip().replaceAll("/+$", ""));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    boolean whole = uri.getScheme() != null && uri.getHost() != null && uri.getPort() <= 65_535;
    boolean more = uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null;
    return whole && !more && isSafe(uri) ? Optional.of(uri) : Optional.empty();
  }

  private static boolean isSafe(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    return scheme.equals("https")
        || (scheme.equals("http") && LOOPBACK.contains(uri.getHost().toLowerCase(Locale.ROOT)));
  }
}
