package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.json.Json;
import io.matrixrtc.livekit.ServiceUrl;
import io.matrixrtc.livekit.TransportOutcome;
import io.matrixrtc.livekit.TransportSearch;
import io.matrixrtc.session.Transport;
import io.matrixrtc.widget.host.DriverCall.Ack;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.RtcDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * RTC transports of the account's homeserver: all that its endpoint names; else the one that {@link
 * TransportSearch} finds elsewhere (RTC-SEARCH). None is a failure, with the homeserver's own words
 * if it knows no endpoint.
 */
final class AccountRtc implements RtcDriver {
  private static final String[] LIVEKIT = {"unstable", "io.element.msc4195", "rtc", "livekit"};

  private final MatrixClient client;
  private final Optional<ServiceUrl> configured;

  AccountRtc(MatrixClient client, Optional<ServiceUrl> configured) {
    this.client = client;
    this.configured = configured;
  }

  @Override
  public CompletionStage<DriverResult<List<ObjectNode>>> transports(GetTransports query) {
    return client
        .api()
        .once(
            ApiRequest.get("unstable", "org.matrix.msc4143", "rtc", "transports")
                .within(AccountEvents.TIME_LIMIT.dividedBy(2)))
        .handle(
            (result, closed) -> {
              List<ObjectNode> named =
                  result instanceof ApiResult.Ok<ObjectNode> ok ? named(ok.value()) : List.of();
              if (!named.isEmpty()) {
                return CompletableFuture.completedFuture(DriverResult.done(named));
              }
              DriverResult<List<ObjectNode>> otherwise =
                  result == null
                      ? DriverResult.failed("the client is closed")
                      : result.fold(
                          empty -> DriverResult.failed("the homeserver names no transport"),
                          HomeserverAnswers::failed);
              return search(otherwise).toCompletableFuture();
            })
        .thenCompose(stage -> stage);
  }

  private static List<ObjectNode> named(ObjectNode answer) {
    List<ObjectNode> transports = new ArrayList<>();
    answer
        .path("rtc_transports")
        .forEach(
            one -> {
              if (one instanceof ObjectNode transport && transport.path("type").isTextual()) {
                transports.add(transport);
              }
            });
    return transports;
  }

  private CompletionStage<DriverResult<List<ObjectNode>>> search(
      DriverResult<List<ObjectNode>> otherwise) {
    return new TransportSearch(client, configured)
        .find()
        .handle(
            (outcome, closed) ->
                outcome instanceof TransportOutcome.Found found
                    ? DriverResult.done(List.of(json(found.service().transport())))
                    : otherwise);
  }

  private static ObjectNode json(Transport transport) {
    return transport.fields().put("type", transport.type());
  }

  @Override
  public CompletionStage<DriverResult<String>> livekitToken(GetLivekitToken query) {
    return HomeserverAnswers.of(livekit(query.body(), "get_token"))
        .thenApply(
            result ->
                result instanceof DriverResult.Failed<ObjectNode> failed
                    ? new DriverResult.Failed<>(failed.reason(), failed.cause())
                    : token(((DriverResult.Done<ObjectNode>) result).answer()));
  }

  private static DriverResult<String> token(ObjectNode answer) {
    JsonNode jwt = answer.path("jwt");
    return jwt.isTextual() && !jwt.textValue().isEmpty() // RTC-TOKEN
        ? DriverResult.done(jwt.textValue())
        : DriverResult.failed("the homeserver's answer holds no LiveKit token");
  }

  @Override
  public CompletionStage<DriverResult<Ack>> delegateLeave(DelegateLeave delegation) {
    return HomeserverAnswers.of(
        livekit(delegation.body(), "delegate_delayed_leave")
            .thenApply(result -> result.map(answer -> Ack.ACK)));
  }

  private CompletionStage<ApiResult<ObjectNode>> livekit(ObjectNode body, String call) {
    ObjectNode sent = Json.newObject();
    sent.setAll(body);
    return client
        .api()
        .once(
            ApiRequest.post(sent, LIVEKIT[0], LIVEKIT[1], LIVEKIT[2], LIVEKIT[3], call)
                .within(AccountEvents.TIME_LIMIT));
  }
}
