package io.matrixrtc.token.federation;

import java.net.URI;

/**
 * Where a request goes.
 *
 * @param host the host name or address literal (IPv6 in brackets) whose addresses are connected to
 * @param port its port
 * @param name whom the certificate must be for
 * @param hostHeader the {@code Host} header
 * @param tls whether it is HTTPS
 * @param trusted whether the configuration names it, so that its address is not checked
 */
record Peer(String host, int port, String name, String hostHeader, boolean tls, boolean trusted) {
  private static final int HTTPS = 443;

  /** The peer of an {@code https} URL that came from outside. */
  static Peer of(URI url) {
    return of(url, false);
  }

  /** The peer of a URL that the configuration names; {@code http} will do. */
  static Peer trusted(URI url) {
    return of(url, true);
  }

  private static Peer of(URI url, boolean trusted) {
    boolean tls = "https".equalsIgnoreCase(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : tls ? HTTPS : 80;
    String header = url.getHost() + (url.getPort() >= 0 ? ":" + url.getPort() : "");
    return new Peer(url.getHost(), port, url.getHost(), header, tls, trusted);
  }
}
