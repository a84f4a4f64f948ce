package io.matrixrtc.token.federation;

import io.matrixrtc.client.ServerName;
import io.vertx.core.Future;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds where a Matrix server takes federation requests. Server-server API, "Resolving server
 * names": address literal, explicit port, {@code .well-known}, service records, port 8448
 * (DISCOVERY). Nothing is kept between requests.
 */
final class ServerDiscovery {
  /** Targets of service records that are tried. */
  static final int MAX_TARGETS = 4;

  private static final int DEFAULT_PORT = 8448;

  private final CheckedHttp http;
  private final HostResolver resolver;

  ServerDiscovery(CheckedHttp http, HostResolver resolver) {
    this.http = http;
    this.resolver = resolver;
  }

  /** Where to ask, in this order. */
  Future<List<Peer>> find(ServerName server, Deadline deadline) {
    if (isDirect(server)) {
      return Future.succeededFuture(List.of(direct(server)));
    }
    return wellKnown(server, deadline)
        .compose(
            delegated -> {
              ServerName name = delegated.orElse(server);
              return isDirect(name)
                  ? Future.succeededFuture(List.of(direct(name)))
                  : byServices(name);
            });
  }

  private static boolean isDirect(ServerName name) {
    return name.port().isPresent() || isLiteral(name.host());
  }

  private static boolean isLiteral(String host) {
    return host.startsWith("[") || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  }

  /** Steps 1, 2 and 3.1, 3.2: the name says it all. */
  private static Peer direct(ServerName name) {
    int port = name.port().orElse(DEFAULT_PORT);
    return new Peer(name.host(), port, name.host(), name.toString(), true, false);
  }

  /** Steps 3.3 to 3.5, and 4 to 6: the certificate is for the name, wherever a record points. */
  private Future<List<Peer>> byServices(ServerName name) {
    return resolver
        .services("_matrix-fed._tcp." + name.host())
        .compose(
            found ->
                found.isEmpty()
                    ? resolver.services("_matrix._tcp." + name.host())
                    : Future.succeededFuture(found))
        .map(services -> peers(name, services));
  }

  private static List<Peer> peers(ServerName name, List<HostResolver.Service> services) {
    List<Peer> peers = new ArrayList<>();
    services.stream()
        .sorted(
            Comparator.comparingInt(HostResolver.Service::priority)
                .thenComparing(Comparator.comparingInt(HostResolver.Service::weight).reversed()))
        .filter(target -> target.port() > 0 && target.port() <= 65_535)
        .limit(MAX_TARGETS)
        .map(target -> new Peer(host(target), target.port(), name.host(), name.host(), true, false))
        .forEach(peers::add);
    if (peers.isEmpty()) {
      peers.add(new Peer(name.host(), DEFAULT_PORT, name.host(), name.host(), true, false));
    }
    return List.copyOf(peers);
  }

  private static String host(HostResolver.Service target) {
    return target.host().replaceAll("\\.$", "");
  }

  /** Step 3: who the server says that speaks for it; empty if it says nothing of use. */
  private Future<Optional<ServerName>> wellKnown(ServerName server, Deadline deadline) {
    URI file;
    try {
      file = new URI("https", server.host(), "/.well-known/matrix/server", null);
    } catch (URISyntaxException e) {
      return Future.succeededFuture(Optional.empty());
    }
    return WellKnown.fetch(http, file, deadline)
        .map(
            file200 ->
                file200
                    .map(json -> json.path("m.server"))
                    .filter(name -> name.isTextual())
                    .flatMap(name -> ServerName.parse(name.textValue())))
        .otherwise(Optional.empty());
  }
}
