package io.matrixrtc.token.federation;

import java.net.URI;

/**
 * Where a homeserver's client-server API is.
 *
 * @param base its URL, without a slash at its end
 * @param trusted whether the configuration names it
 */
public record ClientApi(URI base, boolean trusted) {
  Peer peer() {
    return trusted ? Peer.trusted(base) : Peer.of(base);
  }

  String path(String rest) {
    return base.getRawPath() + rest;
  }
}
