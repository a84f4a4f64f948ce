package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.session.DelayId;
import io.matrixrtc.session.DelayedAction;
import io.matrixrtc.session.OutgoingEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Events that the homeserver sends later (MSC4140): in the merged shape where {@code
 * org.matrix.msc4140.stable} is announced, else in the unstable one where {@code
 * org.matrix.msc4140} is (DELAY-SHAPE). A homeserver that announces neither is not asked. One try
 * for each call. Any thread may call; stages complete exceptionally only when closed.
 */
public final class DelayedEventsApi {
  private static final String DELAY = "org.matrix.msc4140.delay";
  private static final List<String> CAPABILITY =
      List.of("m.delayed_events", "org.matrix.msc4140.delayed_events");

  private final HomeserverApi api;
  private final ServerFeatures features;

  /** The first way to manage delayed events that this homeserver knows, as far as is known. */
  private volatile int knownWay;

  DelayedEventsApi(HomeserverApi api, ServerFeatures features) {
    this.api = api;
    this.features = features;
  }

  /**
   * What a homeserver allows.
   *
   * @param longest the longest delay; zero if delayed events are switched off
   * @param scheduled as many events of one user at a time
   */
  public record Limits(Optional<Duration> longest, Optional<Integer> scheduled) {}

  /**
   * Schedules {@code event}; gives the id to restart, send or cancel it by.
   *
   * @param transactionId of a state event in the merged shape; a message has its own. Repeating it
   *     schedules nothing twice
   */
  public CompletionStage<ApiResult<DelayId>> schedule(
      String roomId, OutgoingEvent event, Duration delay, String transactionId, Duration limit) {
    return supported(
        can -> {
          List<ApiRequest> shapes = new ArrayList<>();
          if (can.unstableFeatures().contains(ServerVersions.DELAYED_EVENTS_STABLE)) {
            shapes.add(merged(roomId, event, delay, transactionId));
          }
          if (can.unstableFeatures().contains(ServerVersions.DELAYED_EVENTS)) {
            shapes.add(unstable(roomId, event, delay));
          }
          return first(shapes, 0, limit)
              .thenApply(result -> result.fold(this::delayId, ApiResult.Failed::new));
        });
  }

  /**
   * Restarts, sends or cancels a delayed event, with the access token: homeservers count calls
   * without one per address (DELAY-AUTH).
   */
  public CompletionStage<ApiResult<Boolean>> update(
      DelayId id, DelayedAction action, Duration limit) {
    return supported(
        can -> {
          String word = action.name().toLowerCase(Locale.ROOT);
          List<ApiRequest> ways = new ArrayList<>();
          if (can.unstableFeatures().contains(ServerVersions.DELAYED_EVENTS_STABLE)) {
            ways.add(post(Json.newObject(), "v1", "delayed_events", id.value(), word));
          }
          if (can.unstableFeatures().contains(ServerVersions.DELAYED_EVENTS)) {
            String[] base = {"unstable", "org.matrix.msc4140", "delayed_events"};
            ways.add(post(Json.newObject(), base[0], base[1], base[2], id.value(), word));
            ObjectNode body = Json.newObject().put("action", word);
            ways.add(post(body, base[0], base[1], base[2], id.value()));
          }
          return first(ways, Math.min(knownWay, ways.size() - 1), limit)
              .thenApply(result -> result.map(done -> true));
        });
  }

  /** {@code GET /capabilities}: the limits on delayed events, as far as they are told. */
  public CompletionStage<ApiResult<Limits>> limits(Duration limit) {
    return api.once(ApiRequest.get("v3", "capabilities").within(limit))
        .thenApply(result -> result.map(DelayedEventsApi::limits));
  }

  private static Limits limits(ObjectNode answer) {
    for (String name : CAPABILITY) {
      JsonNode told = answer.path("capabilities").path(name);
      if (told.isObject()) {
        JsonNode longest = told.path("max_delay_ms");
        JsonNode scheduled = told.path("max_scheduled");
        return new Limits(
            longest.canConvertToLong() && longest.asLong() >= 0
                ? Optional.of(Duration.ofMillis(longest.asLong()))
                : Optional.empty(),
            scheduled.canConvertToInt() ? Optional.of(scheduled.asInt()) : Optional.empty());
      }
    }
    return new Limits(Optional.empty(), Optional.empty());
  }

  /** One of several shapes of a request. */
  @FunctionalInterface
  private interface Use<T> {
    CompletionStage<ApiResult<T>> of(ServerVersions can);
  }

  private <T> CompletionStage<ApiResult<T>> supported(Use<T> use) {
    return features
        .get()
        .thenCompose(
            result ->
                result.fold(
                    can ->
                        can.hasDelayedEvents()
                            ? use.of(can)
                            : failed(new ApiFailure.Unsupported("delayed events (MSC4140)")),
                    DelayedEventsApi::failed));
  }

  /** DELAY-FALLBACK: the next shape if the homeserver does not know one. */
  private CompletionStage<ApiResult<ObjectNode>> first(
      List<ApiRequest> shapes, int from, Duration limit) {
    ApiRequest request = shapes.get(from).within(limit);
    return api.once(request)
        .thenCompose(
            result -> {
              boolean known =
                  !(result instanceof ApiResult.Failed<ObjectNode> no
                      && no.failure() instanceof ApiFailure.Refused refused
                      && refused.errcode().equals("M_UNRECOGNIZED"));
              if (known || from + 1 == shapes.size()) {
                if (known && request.method().equals("POST")) {
                  knownWay = from;
                }
                return CompletableFuture.completedFuture(known ? result : unrecognized());
              }
              return first(shapes, from + 1, limit);
            });
  }

  private static ApiResult<ObjectNode> unrecognized() {
    return new ApiResult.Failed<>(
        new ApiFailure.Unsupported("the delayed events (MSC4140) that it announces"));
  }

  private static ApiRequest merged(
      String roomId, OutgoingEvent event, Duration delay, String transactionId) {
    ObjectNode body = Json.newObject().put("delay_ms", delay.toMillis());
    String transaction = transactionId;
    if (event instanceof OutgoingEvent.State state) {
      body.put("state_key", state.stateKey());
    } else if (event instanceof OutgoingEvent.Message message) {
      transaction = message.transactionId();
    }
    body.set("content", event.content());
    return sticky(
        event,
        ApiRequest.put(body, "v1", "rooms", roomId, "delayed_event", event.type(), transaction));
  }

  private static ApiRequest unstable(String roomId, OutgoingEvent event, Duration delay) {
    ApiRequest request;
    if (event instanceof OutgoingEvent.State state) {
      request =
          ApiRequest.put(
              event.content(), "v3", "rooms", roomId, "state", event.type(), state.stateKey());
    } else if (event instanceof OutgoingEvent.Message message) {
      request =
          ApiRequest.put(
              event.content(),
              "v3",
              "rooms",
              roomId,
              "send",
              event.type(),
              message.transactionId());
    } else {
      throw new IllegalStateException("unknown event");
    }
    return sticky(event, request.with(DELAY, RoomsApi.millis(delay)));
  }

  private static ApiRequest sticky(OutgoingEvent event, ApiRequest request) {
    return event instanceof OutgoingEvent.Message message && !message.stickyFor().isZero()
        ? request.with(RoomsApi.STICKY_DURATION, RoomsApi.millis(message.stickyFor()))
        : request;
  }

  private static ApiRequest post(ObjectNode body, String... path) {
    return ApiRequest.post(body, path);
  }

  private ApiResult<DelayId> delayId(ObjectNode answer) {
    JsonNode id = answer.path("delay_id");
    return id.isTextual() && !id.textValue().isEmpty()
        ? new ApiResult.Ok<>(new DelayId(id.textValue()))
        : new ApiResult.Failed<>(
            new ApiFailure.NotMatrix(api.homeserver().toString(), "an answer without delay_id"));
  }

  private static <T> CompletionStage<ApiResult<T>> failed(ApiFailure failure) {
    return CompletableFuture.completedFuture(new ApiResult.Failed<>(failure));
  }
}
