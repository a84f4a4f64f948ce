package io.matrixrtc.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.HttpAnswer;
import io.matrixrtc.client.HttpCall;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.net.URI;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds the SFU that this device publishes on, in the order of {@link TransportSource}. Any thread
 * may call; stages complete on the scheduler of the client's settings.
 */
public final class TransportSearch {
  /** Longest {@code .well-known} file that is read, in characters. */
  static final int MAX_CHARS = 64 << 10;

  /** Redirects that are followed. */
  static final int MAX_REDIRECTS = 5;

  private final MatrixClient client;
  private final Optional<ServiceUrl> configured;

  /**
   * Searches for a login.
   *
   * @param configured what the app was told, the last resort
   */
  public TransportSearch(MatrixClient client, Optional<ServiceUrl> configured) {
    this.client = client;
    this.configured = configured;
  }

  /** Looks at one place after the other until one names a usable LiveKit transport. */
  public CompletionStage<TransportOutcome> find() {
    return next(new EnumMap<>(TransportSource.class), 0);
  }

  private CompletionStage<TransportOutcome> next(Map<TransportSource, String> failed, int index) {
    if (index == TransportSource.values().length) {
      return CompletableFuture.completedFuture(new TransportOutcome.Missing(failed)); // SFU-MISSING
    }
    TransportSource source = TransportSource.values()[index];
    return look(source)
        .thenCompose(
            step -> {
              if (step.found().isPresent()) {
                return CompletableFuture.<TransportOutcome>completedFuture(
                    new TransportOutcome.Found(step.found().get(), source));
              }
              failed.put(source, step.why());
              return next(failed, index + 1);
            });
  }

  private record Step(Optional<ServiceUrl> found, String why) {
    static Step of(Optional<ServiceUrl> found) {
      return new Step(found, "no usable LiveKit transport is named");
    }

    static Step failed(String why) {
      return new Step(Optional.empty(), why);
    }
  }

  private CompletionStage<Step> look(TransportSource source) {
    return switch (source) {
      case ENDPOINT -> endpoint("v1", "rtc", "transports");
      case UNSTABLE_ENDPOINT -> endpoint("unstable", "org.matrix.msc4143", "rtc", "transports");
      case WELL_KNOWN -> wellKnown();
      case CONFIGURATION -> CompletableFuture.completedFuture(Step.of(configured));
    };
  }

  private CompletionStage<Step> endpoint(String... path) {
    return client
        .api()
        .call(ApiRequest.get(path))
        .thenApply(
            result ->
                result.fold(
                    answer -> Step.of(first(answer)), failure -> Step.failed(failure.sentence())));
  }

  /** SFU-KEYS: {@code rtc_transports} as homeservers say it today, or {@code transports}. */
  static Optional<ServiceUrl> first(ObjectNode answer) {
    Optional<ServiceUrl> deployed = firstOf(answer.path("rtc_transports"));
    return deployed.isPresent() ? deployed : firstOf(answer.path("transports"));
  }

  /** SFU-FIRST: the first entry that is a LiveKit one with a usable URL. */
  private static Optional<ServiceUrl> firstOf(JsonNode transports) {
    if (transports.isArray()) {
      for (JsonNode one : transports) {
        JsonNode url = one.path("livekit_service_url");
        Optional<ServiceUrl> service =
            one.path("type").asText().equals("livekit") && url.isTextual()
                ? ServiceUrl.parse(url.textValue())
                : Optional.empty();
        if (service.isPresent()) {
          return service;
        }
      }
    }
    return Optional.empty();
  }

  private CompletionStage<Step> wellKnown() {
    String user = client.session().userId();
    String server = user.substring(user.indexOf(':') + 1).replaceAll(":[0-9]+$", "");
    URI file;
    try {
      file = URI.create("https://" + server + "/.well-known/matrix/client");
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(Step.failed("the server name is no host"));
    }
    return fetch(file, MAX_REDIRECTS)
        .handleAsync(
            (answer, error) -> {
              if (error != null) {
                return Step.failed("https://" + server + " does not answer");
              } else if (answer.status() != 200) {
                return Step.failed("there is no file (status " + answer.status() + ")");
              }
              return Step.of(firstOf(parse(answer.body()).path("org.matrix.msc4143.rtc_foci")));
            },
            client.settings().scheduler());
  }

  private CompletionStage<HttpAnswer> fetch(URI uri, int redirects) {
    HttpCall call =
        new HttpCall(
            "GET", uri, Optional.empty(), Optional.empty(), client.settings().requestTimeout());
    return client
        .settings()
        .http()
        .send(call)
        .thenCompose(
            answer -> {
              Optional<URI> to = redirects > 0 ? redirect(uri, answer) : Optional.empty();
              return to.isPresent()
                  ? fetch(to.get(), redirects - 1)
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

  private static JsonNode parse(String body) {
    try {
      return body.length() > MAX_CHARS ? MissingNode.getInstance() : Json.parse(body);
    } catch (MalformedJsonException e) {
      return MissingNode.getInstance(); // which names no transport
    }
  }
}
