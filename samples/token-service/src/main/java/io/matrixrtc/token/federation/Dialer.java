package io.matrixrtc.token.federation;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;

/** Where a connection to a checked address goes: there, unless a test redirects it. */
@FunctionalInterface
public interface Dialer {
  /** Connects to the address itself. */
  Dialer DIRECT =
      (address, port) -> SocketAddress.inetSocketAddress(port, address.getHostAddress());

  /** Returns what to connect to for {@code address} and {@code port}. */
  SocketAddress at(InetAddress address, int port);
}
