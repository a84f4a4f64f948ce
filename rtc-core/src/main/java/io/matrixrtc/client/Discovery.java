package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds the base URL of a homeserver by its name. Matrix specification, "Server discovery",
 * "Well-known URI". Identity servers are not looked at, as none is used.
 */
final class Discovery {
  /** Redirects that are followed: no token goes with the request. */
  static final int MAX_REDIRECTS = 5;

  /** Longest answer that is read. */
  static final int MAX_CHARS = 64 << 10;

  private final ClientSettings settings;

  Discovery(ClientSettings settings) {
    this.settings = settings;
  }

  CompletionStage<DiscoveryOutcome> find(ServerName server) {
    String host = "https://" + server.host();
    CompletionStage<HttpAnswer> file;
    try {
      file = fetch(new URI(host + "/.well-known/matrix/client"), MAX_REDIRECTS);
    } catch (URISyntaxException | IllegalArgumentException e) { // a name that no host can have
      file = CompletableFuture.failedFuture(e);
    }
    return file.handleAsync(
            (answer, error) ->
                error == null
                    ? onAnswer(answer, server)
                    : ask(new AnswerReader(host).unreachable(error).sentence()),
            settings.scheduler())
        .thenCompose(outcome -> outcome);
  }

  private CompletionStage<HttpAnswer> fetch(URI uri, int redirects) {
    HttpCall call =
        new HttpCall("GET", uri, Optional.empty(), Optional.empty(), settings.requestTimeout());
    return settings
        .http()
        .send(call)
        .thenCompose(
            answer -> {
              Optional<URI> next = redirects > 0 ? redirect(uri, answer) : Optional.empty();
              return next.isPresent()
                  ? fetch(next.get(), redirects - 1)
                  : CompletableFuture.completedFuture(answer);
            });
  }

  private static Optional<URI> redirect(URI from, HttpAnswer answer) {
    if (answer.status() / 100 != 3 || answer.location().isEmpty()) {
      return Optional.empty();
    }
    try {
      URI to = from.resolve(answer.location().get());
      return "https".equalsIgnoreCase(to.getScheme()) && to.getHost() != null
          ? Optional.of(to)
          : Optional.empty();
    } catch (IllegalArgumentException e) { // no address: the redirect's own status counts
      return Optional.empty();
    }
  }

  /** DISC-ACTIONS: what the specification calls IGNORE, FAIL_PROMPT and FAIL_ERROR. */
  private CompletionStage<DiscoveryOutcome> onAnswer(HttpAnswer answer, ServerName server) {
    if (answer.status() == 404) {
      return done(new DiscoveryOutcome.NothingPublished(URI.create("https://" + server)));
    } else if (answer.status() != 200 || answer.body().isBlank()) {
      return ask("its address file cannot be had (status " + answer.status() + ")");
    }
    JsonNode baseUrl = parse(answer.body()).path("m.homeserver").path("base_url");
    if (!baseUrl.isTextual()) {
      return ask("its address file names no homeserver");
    }
    Optional<URI> url = BaseUrl.parse(baseUrl.textValue());
    return url.isPresent()
        ? check(url.get())
        : done(new DiscoveryOutcome.Unusable("its address file names no usable address"));
  }

  private static JsonNode parse(String body) {
    try {
      return body.length() > MAX_CHARS ? MissingNode.getInstance() : Json.parse(body);
    } catch (MalformedJsonException e) {
      return MissingNode.getInstance(); // which names no homeserver
    }
  }

  private CompletionStage<DiscoveryOutcome> check(URI baseUrl) {
    return new AccountApi(new HomeserverApi(baseUrl, settings))
        .versions()
        .thenApply(
            result ->
                result.fold(
                    versions -> new DiscoveryOutcome.Found(baseUrl, versions),
                    failure -> new DiscoveryOutcome.Unusable(failure.sentence())));
  }

  private static CompletionStage<DiscoveryOutcome> ask(String why) {
    return done(new DiscoveryOutcome.AskForAddress(why));
  }

  private static CompletionStage<DiscoveryOutcome> done(DiscoveryOutcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }
}
