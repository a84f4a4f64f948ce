package io.matrixrtc.token.federation;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.client.ServerName;
import io.matrixrtc.token.federation.LookupException.Reason;
import io.vertx.core.Future;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks a homeserver whose OpenID token this is: {@code GET /_matrix/federation/v1/openid/userinfo}
 * (server-server API, "OpenID"). Each token is asked for anew: nothing is remembered, so that an
 * expired token never counts (OPENID-FRESH).
 */
public final class OpenIdLookup {
  /** How long discovery and the question may take together (NET-TIME). */
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final String PATH = "/_matrix/federation/v1/openid/userinfo?access_token=";

  private final CheckedHttp http;
  private final ServerDiscovery discovery;
  private final Map<String, URI> overrides;
  private final Duration timeout;

  /**
   * @param overrides servers that the configuration finds, by server name
   * @param timeout for the whole look-up
   */
  public OpenIdLookup(
      CheckedHttp http, HostResolver resolver, Map<String, URI> overrides, Duration timeout) {
    this.http = http;
    this.discovery = new ServerDiscovery(http, resolver);
    this.overrides = Map.copyOf(overrides);
    this.timeout = timeout;
  }

  /**
   * Returns the full user id.
   *
   * @return fails with a {@link LookupException} if the server does not vouch for a user of its own
   */
  public Future<String> userOf(String serverName, String accessToken) {
    Optional<ServerName> server = ServerName.parse(serverName);
    if (server.isEmpty()) {
      return Future.failedFuture(new LookupException(Reason.BAD_NAME, "no server name"));
    }
    Deadline deadline = Deadline.in(timeout);
    URI override = overrides.get(serverName);
    Future<List<Peer>> peers =
        override != null
            ? Future.succeededFuture(List.of(Peer.trusted(override)))
            : discovery.find(server.get(), deadline);
    String path = PATH + URLEncoder.encode(accessToken, StandardCharsets.UTF_8);
    return peers
        .compose(found -> ask(found, 0, path, deadline))
        .compose(answer -> user(answer, serverName));
  }

  /** The next one is asked only if the one before could not be reached. */
  private Future<Answer> ask(List<Peer> peers, int index, String path, Deadline deadline) {
    return http.get(peers.get(index), path, deadline)
        .recover(
            error ->
                index + 1 < peers.size() && !deadline.isOver() && isUnreached(error)
                    ? ask(peers, index + 1, path, deadline)
                    : Future.failedFuture(error));
  }

  private static boolean isUnreached(Throwable error) {
    return error instanceof LookupException known
        && (known.reason() == Reason.UNREACHABLE
            || known.reason() == Reason.NO_ADDRESS
            || known.reason() == Reason.REFUSED_ADDRESS);
  }

  /** OPENID-OWN: a server speaks for its own users alone. */
  private static Future<String> user(Answer answer, String serverName) {
    String sub =
        answer.status() == 200
            ? answer.json().map(json -> json.path("sub")).map(JsonNode::asText).orElse("")
            : "";
    int colon = sub.indexOf(':');
    boolean own = sub.startsWith("@") && colon > 0 && sub.substring(colon + 1).equals(serverName);
    return own
        ? Future.succeededFuture(sub)
        : Future.failedFuture(
            new LookupException(
                Reason.BAD_ANSWER, "status " + answer.status() + ", no user of this server"));
  }
}
