package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Rooms: making, joining, state and events. Matrix specification, "Rooms" and "Events". */
public final class RoomsApi {
  /** How long an event is sticky (MSC4354). */
  static final String STICKY_DURATION = "org.matrix.msc4354.sticky_duration_ms";

  private final HomeserverApi api;
  private final ServerFeatures features;

  RoomsApi(HomeserverApi api, ServerFeatures features) {
    this.api = api;
    this.features = features;
  }

  /** {@code POST /createRoom} with {@code settings}; gives the room id. */
  public CompletionStage<ApiResult<String>> createRoom(ObjectNode settings) {
    return text(api.call(ApiRequest.post(settings, "v3", "createRoom")), "room_id");
  }

  /** As {@link #createRoom(ObjectNode)}. */
  public CompletionStage<ApiResult<String>> createRoom(NewRoom room) {
    return createRoom(room.toJson());
  }

  /** {@code POST /join/{room}}, by id or alias; gives the room id. */
  public CompletionStage<ApiResult<String>> join(String roomIdOrAlias) {
    return text(
        api.call(ApiRequest.post(Json.newObject(), "v3", "join", roomIdOrAlias).asRepeatable()),
        "room_id");
  }

  /** {@code POST /rooms/{room}/leave}. */
  public CompletionStage<ApiResult<Boolean>> leave(String roomId) {
    return done(
        api.call(ApiRequest.post(Json.newObject(), "v3", "rooms", roomId, "leave").asRepeatable()));
  }

  /** {@code POST /rooms/{room}/invite}. */
  public CompletionStage<ApiResult<Boolean>> invite(String roomId, String userId) {
    ObjectNode body = Json.newObject().put("user_id", userId);
    return done(api.call(ApiRequest.post(body, "v3", "rooms", roomId, "invite")));
  }

  /** {@code POST /rooms/{room}/kick}. */
  public CompletionStage<ApiResult<Boolean>> kick(String roomId, String userId, String reason) {
    ObjectNode body = Json.newObject().put("user_id", userId).put("reason", reason);
    return done(api.call(ApiRequest.post(body, "v3", "rooms", roomId, "kick")));
  }

  /** {@code PUT /rooms/{room}/state/{type}/{key}}; gives the event id. */
  public CompletionStage<ApiResult<String>> sendState(
      String roomId, String type, String stateKey, ObjectNode content) {
    return sized(
        EventSize.ofEvent(roomId, type, stateKey, content),
        () -> text(api.call(state(roomId, type, stateKey, content)), "event_id"));
  }

  /** As {@link #sendState}, with one try only, which takes no longer than {@code limit}. */
  public CompletionStage<ApiResult<String>> sendStateOnce(
      String roomId, String type, String stateKey, ObjectNode content, Duration limit) {
    return sized(
        EventSize.ofEvent(roomId, type, stateKey, content),
        () -> text(api.once(state(roomId, type, stateKey, content).within(limit)), "event_id"));
  }

  /**
   * {@code PUT /rooms/{room}/send/{type}/{transaction}}; gives the event id.
   *
   * @param transactionId never used before by this device; repeating it sends nothing twice
   */
  public CompletionStage<ApiResult<String>> sendEvent(
      String roomId, String type, String transactionId, ObjectNode content) {
    return sized(
        EventSize.ofEvent(roomId, type, "", content),
        () ->
            text(
                api.call(
                    ApiRequest.put(content, "v3", "rooms", roomId, "send", type, transactionId)),
                "event_id"));
  }

  /**
   * As {@link #sendEvent}, sticky (MSC4354) unless {@code stickyFor} is zero, with one try only,
   * which takes no longer than {@code limit}. A homeserver without sticky events is not asked: it
   * would send an ordinary event (STICKY-SEND).
   */
  public CompletionStage<ApiResult<String>> sendEventOnce(
      String roomId,
      String type,
      String transactionId,
      ObjectNode content,
      Duration stickyFor,
      Duration limit) {
    ApiRequest request =
        ApiRequest.put(content, "v3", "rooms", roomId, "send", type, transactionId).within(limit);
    return sized(
        EventSize.ofEvent(roomId, type, "", content),
        () ->
            stickyFor.isZero()
                ? text(api.once(request), "event_id")
                : features
                    .get()
                    .thenCompose(
                        result ->
                            result.fold(can -> sticky(can, request, stickyFor), RoomsApi::no)));
  }

  private CompletionStage<ApiResult<String>> sticky(
      ServerVersions can, ApiRequest request, Duration stickyFor) {
    return can.hasStickyEvents()
        ? text(api.once(request.with(STICKY_DURATION, millis(stickyFor))), "event_id")
        : no(new ApiFailure.Unsupported("sticky events (MSC4354)"));
  }

  private static <T> CompletionStage<ApiResult<T>> no(ApiFailure failure) {
    return CompletableFuture.completedFuture(new ApiResult.Failed<>(failure));
  }

  static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }

  /**
   * {@code PUT /rooms/{room}/redact/{event}/{transaction}}; gives the id of the redaction.
   * Repeating it redacts nothing twice.
   */
  public CompletionStage<ApiResult<String>> redact(String roomId, String eventId, String reason) {
    ObjectNode body = Json.newObject().put("reason", reason);
    return text(
        api.call(ApiRequest.put(body, "v3", "rooms", roomId, "redact", eventId, "redact")),
        "event_id");
  }

  /** {@code GET /rooms/{room}/state/{type}/{key}}; gives the content. */
  public CompletionStage<ApiResult<ObjectNode>> stateContent(
      String roomId, String type, String stateKey) {
    return api.call(ApiRequest.get("v3", "rooms", roomId, "state", type, stateKey));
  }

  /**
   * {@code GET /rooms/{room}/state}, one try: the whole state, one event of each type and key.
   * Items that are no objects, or exceed the limits of JSON, are left out.
   */
  public CompletionStage<ApiResult<List<ObjectNode>>> wholeState(String roomId) {
    return api.onceForArray(ApiRequest.get("v3", "rooms", roomId, "state"))
        .thenApply(result -> result.map(array -> List.copyOf(SyncAnswer.objects(array))));
  }

  /** {@code GET /rooms/{room}/joined_members}; gives the user ids. */
  public CompletionStage<ApiResult<Set<String>>> joinedMembers(String roomId) {
    return api.call(ApiRequest.get("v3", "rooms", roomId, "joined_members"))
        .thenApply(
            result ->
                result.map(
                    answer -> {
                      Set<String> users = new HashSet<>();
                      answer.path("joined").fieldNames().forEachRemaining(users::add);
                      return Set.copyOf(users);
                    }));
  }

  private static CompletionStage<ApiResult<String>> sized(
      Optional<ApiFailure> problem, Supplier<CompletionStage<ApiResult<String>>> call) {
    return problem.isPresent()
        ? CompletableFuture.completedFuture(new ApiResult.Failed<>(problem.get()))
        : call.get();
  }

  private static ApiRequest state(String roomId, String type, String stateKey, ObjectNode content) {
    return ApiRequest.put(content, "v3", "rooms", roomId, "state", type, stateKey);
  }

  private CompletionStage<ApiResult<String>> text(
      CompletionStage<ApiResult<ObjectNode>> call, String member) {
    return call.thenApply(
        result ->
            result.fold(
                answer ->
                    answer.path(member).isTextual()
                        ? new ApiResult.Ok<>(answer.path(member).textValue())
                        : new ApiResult.Failed<>(
                            new ApiFailure.NotMatrix(
                                api.homeserver().toString(), "an answer without " + member)),
                ApiResult.Failed::new));
  }

  private static CompletionStage<ApiResult<Boolean>> done(
      CompletionStage<ApiResult<ObjectNode>> call) {
    return call.thenApply(result -> result.map(answer -> true));
  }
}
