package io.matrixrtc.token;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** Tells clients apart for the rate limit. */
final class ClientAddress {
  private ClientAddress() {}

  /**
   * The address of the client, or the /64 network of an IPv6 one, which one client may have whole.
   *
   * @param behindProxy whether the proxy's own entry of {@code X-Forwarded-For}, the last one,
   *     counts (RATE-PROXY)
   */
  static String of(HttpServerRequest request, boolean behindProxy) {
    List<String> lines =
        behindProxy ? request.headers().getAll("X-Forwarded-For") : List.<String>of();
    if (!lines.isEmpty()) { // some proxies add a line of their own, behind the client's
      String forwarded = lines.get(lines.size() - 1);
      return network(forwarded.substring(forwarded.lastIndexOf(',') + 1).strip());
    }
    return request.remoteAddress() == null ? "" : network(request.remoteAddress().hostAddress());
  }

  static String network(String address) {
    if (address.indexOf(':') < 0 || address.length() > 45) {
      return address.length() > 45 ? "" : address;
    }
    String[] groups = address.split(":", -1);
    int empty = address.indexOf("::");
    if (empty >= 0 && address.substring(0, empty).chars().filter(c -> c == ':').count() < 3) {
      return address.substring(0, empty) + "::/64";
    }
    return groups.length < 4
        ? address
        : groups[0] + ":" + groups[1] + ":" + groups[2] + ":" + groups[3] + "::/64";
  }
}
