package io.matrixrtc.token.federation;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.client.ServerName;
import io.matrixrtc.token.federation.LookupException.Reason;
import io.vertx.core.Future;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Restarts and sends delayed events (MSC4140, unstable paths) at the homeserver of a user. No token
 * goes along: who knows the id of the event may do both.
 */
public final class DelayedEvents {
  /** Until a request must be answered. */
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final String PATH = "/_matrix/client/unstable/org.matrix.msc4140/delayed_events/";

  private final CheckedHttp http;
  private final Map<String, URI> overrides;

  /**
   * @param overrides client-server APIs that the configuration finds, by server name
   */
  public DelayedEvents(CheckedHttp http, Map<String, URI> overrides) {
    this.http = http;
    this.overrides = Map.copyOf(overrides);
  }

  /** What is done with an event. */
  public enum Action {
    /** Its delay begins anew. */
    RESTART("restart"),
    /** It is sent now. */
    SEND("send");

    private final String word;

    Action(String word) {
      this.word = word;
    }
  }

  /**
   * Finds the client-server API of a server: an override, else what its {@code .well-known} file
   * says (CSAPI-FIND).
   *
   * @return fails with a {@link LookupException} if nothing says where it is
   */
  public Future<ClientApi> find(String serverName) {
    URI override = overrides.get(serverName);
    if (override != null) {
      return Future.succeededFuture(new ClientApi(override, true));
    }
    Optional<ServerName> server = ServerName.parse(serverName);
    if (server.isEmpty()) {
      return Future.failedFuture(new LookupException(Reason.BAD_NAME, "no server name"));
    }
    URI file;
    try {
      file = new URI("https", server.get().host(), "/.well-known/matrix/client", null);
    } catch (URISyntaxException e) {
      return Future.failedFuture(new LookupException(Reason.BAD_NAME, "no host name"));
    }
    return WellKnown.fetch(http, file, Deadline.in(TIMEOUT))
        .compose(
            json ->
                json.map(found -> found.path("m.homeserver").path("base_url"))
                    .filter(JsonNode::isTextual)
                    .flatMap(url -> base(url.textValue()))
                    .map(url -> Future.succeededFuture(new ClientApi(url, false)))
                    .orElseGet(
                        () ->
                            Future.failedFuture(
                                new LookupException(
                                    Reason.BAD_ANSWER, "no client-server API is published"))));
  }

  private static Optional<URI> base(String text) {
    try {
      URI url = new URI(text.strip().replaceAll("/+$", ""));
      boolean usable =
          "https".equalsIgnoreCase(url.getScheme())
              && url.getHost() != null
              && url.getPort() <= 65_535
              && url.getRawUserInfo() == null
              && url.getRawQuery() == null
              && url.getRawFragment() == null;
      return usable ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Does {@code action}; never fails. The id is one path segment, whatever it holds (CSAPI-ID). */
  public Future<DelayedEventResult> act(ClientApi api, String delayId, Action action) {
    String id = URLEncoder.encode(delayId, StandardCharsets.UTF_8).replace("+", "%20");
    if (id.equals(".") || id.equals("..")) {
      return Future.succeededFuture(new DelayedEventResult.NotFound());
    }
    return http.post(api.peer(), api.path(PATH + id + "/" + action.word), Deadline.in(TIMEOUT))
        .map(DelayedEvents::read)
        .otherwise(new DelayedEventResult.Failed(Optional.empty()));
  }

  private static DelayedEventResult read(Answer answer) {
    if (answer.status() == 200 || answer.status() == 204) {
      return new DelayedEventResult.Done();
    } else if (answer.status() == 404) {
      return new DelayedEventResult.NotFound();
    }
    return new DelayedEventResult.Failed(
        answer.status() == 429 ? retryAfter(answer) : Optional.empty());
  }

  /** Whole seconds of the header, else the older member in milliseconds. */
  private static Optional<Duration> retryAfter(Answer answer) {
    if (answer.retryAfter().filter(text -> text.matches("[0-9]{1,6}")).isPresent()) {
      return answer.retryAfter().map(Long::parseLong).map(Duration::ofSeconds);
    }
    return answer
        .json()
        .map(json -> json.path("retry_after_ms"))
        .filter(wait -> wait.canConvertToInt() && wait.intValue() > 0)
        .map(wait -> Duration.ofMillis(wait.intValue()));
  }
}
