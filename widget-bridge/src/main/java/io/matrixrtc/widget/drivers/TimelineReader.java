package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiRequest;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.HomeserverApi;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.json.Json;
import io.matrixrtc.widget.host.DriverResult;
import io.matrixrtc.widget.host.EventDriver.ReadRelations;
import io.matrixrtc.widget.host.EventDriver.ReadTimeline;
import io.matrixrtc.widget.host.EventDriver.RelationsPage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads timelines, relations and sticky events from the homeserver, decrypted; what cannot be
 * decrypted is left out. A look into a timeline reads {@value #MAX_PAGES} pages at most
 * (READ-PAGES).
 */
final class TimelineReader {
  static final int MAX_PAGES = 5;
  static final int PAGE_EVENTS = 100;

  private static final String ENCRYPTED = "m.room.encrypted";
  private static final List<String> STICKY = List.of("msc4354_sticky", "sticky");

  private final EncryptedClient account;
  private final HomeserverApi api;

  TimelineReader(EncryptedClient account) {
    this.account = account;
    this.api = account.matrix().api();
  }

  CompletionStage<DriverResult<List<ObjectNode>>> read(ReadTimeline query) {
    return HomeserverAnswers.of(page(query, Optional.empty(), MAX_PAGES, new ArrayList<>()));
  }

  private CompletionStage<ApiResult<List<ObjectNode>>> page(
      ReadTimeline query, Optional<String> from, int pagesLeft, List<ObjectNode> found) {
    ObjectNode filter = Json.newObject();
    ArrayNode types = filter.putArray("types").add(query.type());
    if (query.stateKey().isEmpty()) {
      types.add(ENCRYPTED);
    }
    ApiRequest request =
        ApiRequest.get("v3", "rooms", query.roomId(), "messages")
            .with("dir", "b")
            .with("limit", Integer.toString(PAGE_EVENTS))
            .with("filter", filter.toString())
            .within(AccountEvents.TIME_LIMIT);
    if (from.isPresent()) {
      request = request.with("from", from.get());
    }
    return api.once(request)
        .thenCompose(
            result -> {
              if (result instanceof ApiResult.Ok<ObjectNode> ok) {
                return decrypted(query.roomId(), objects(ok.value().path("chunk")))
                    .thenCompose(events -> take(query, ok.value(), pagesLeft, found, events));
              }
              return CompletableFuture.completedFuture(result.map(never -> found));
            });
  }

  private CompletionStage<ApiResult<List<ObjectNode>>> take(
      ReadTimeline query,
      ObjectNode answer,
      int pagesLeft,
      List<ObjectNode> found,
      List<ObjectNode> events) {
    boolean ended = pagesLeft <= 1 || !answer.path("end").isTextual();
    for (ObjectNode event : events) {
      if (query.since().filter(event.path("event_id").asText()::equals).isPresent()) {
        ended = true;
        break;
      }
      if (matches(query, event) && found.size() < query.limit()) {
        found.add(event);
      }
    }
    return ended || found.size() >= query.limit()
        ? CompletableFuture.completedFuture(new ApiResult.Ok<>(List.copyOf(found)))
        : page(query, Optional.of(answer.get("end").textValue()), pagesLeft - 1, found);
  }

  private static boolean matches(ReadTimeline query, ObjectNode event) {
    if (!event.path("type").asText().equals(query.type())
        || event.has("state_key") != query.stateKey().isPresent()) {
      return false;
    }
    return query
            .stateKey()
            .flatMap(keys -> keys.only())
            .filter(key -> !event.path("state_key").asText().equals(key))
            .isEmpty()
        && query
            .msgtype()
            .filter(type -> !event.path("content").path("msgtype").asText().equals(type))
            .isEmpty();
  }

  CompletionStage<DriverResult<RelationsPage>> relations(ReadRelations query) {
    List<String> path =
        new ArrayList<>(List.of("v1", "rooms", query.roomId(), "relations", query.eventId()));
    query.relType().ifPresent(path::add);
    if (query.relType().isPresent()) { // the type of encrypted relations is inside
      query.eventType().ifPresent(path::add);
    }
    ApiRequest request =
        ApiRequest.get(path.toArray(String[]::new)).within(AccountEvents.TIME_LIMIT);
    Map<String, Optional<String>> parameters = new LinkedHashMap<>();
    parameters.put("limit", query.limit().map(limit -> Integer.toString(limit)));
    parameters.put("from", query.from());
    parameters.put("to", query.to());
    parameters.put("dir", query.direction());
    for (Map.Entry<String, Optional<String>> parameter : parameters.entrySet()) {
      if (parameter.getValue().isPresent()) {
        request = request.with(parameter.getKey(), parameter.getValue().get());
      }
    }
    return HomeserverAnswers.of(
        api.once(request)
            .thenCompose(
                result -> {
                  if (!(result instanceof ApiResult.Ok<ObjectNode> ok)) {
                    return CompletableFuture.completedFuture(
                        result.map(never -> new RelationsPage(List.of(), none(), none())));
                  }
                  return decrypted(query.roomId(), objects(ok.value().path("chunk")))
                      .thenApply(
                          events ->
                              new ApiResult.Ok<>(
                                  new RelationsPage(
                                      events,
                                      text(ok.value(), "next_batch"),
                                      text(ok.value(), "prev_batch"))));
                }));
  }

  /** A sync of its own, for this room alone: it takes nothing away from the one that goes on. */
  CompletionStage<DriverResult<List<ObjectNode>>> sticky(String roomId) {
    ObjectNode filter = Json.newObject();
    none(filter, "presence");
    none(filter, "account_data");
    ObjectNode room = filter.putObject("room");
    room.putArray("rooms").add(roomId);
    none(room, "account_data");
    none(room, "ephemeral");
    none(room, "state");
    room.putObject("timeline").put("limit", PAGE_EVENTS);
    ApiRequest request =
        ApiRequest.get("v3", "sync")
            .with("timeout", "0")
            .with("filter", filter.toString())
            .within(AccountEvents.TIME_LIMIT);
    return HomeserverAnswers.of(
        api.once(request)
            .thenApply(
                result ->
                    result.map(
                        answer -> stillSticky(answer.path("rooms").path("join").path(roomId)))));
  }

  private List<ObjectNode> stillSticky(JsonNode room) {
    Instant now = account.matrix().settings().scheduler().now();
    Map<String, ObjectNode> events = new LinkedHashMap<>();
    for (String name : STICKY) {
      objects(room.path(name).path("events"))
          .forEach(event -> events.put(event.path("event_id").asText(), event));
    }
    objects(room.path("timeline").path("events"))
        .forEach(event -> events.put(event.path("event_id").asText(), event));
    return events.values().stream().filter(event -> isSticky(event, now)).toList();
  }

  private static boolean isSticky(ObjectNode event, Instant now) {
    for (String name : STICKY) {
      JsonNode duration = event.path(name).path("duration_ms");
      if (duration.canConvertToLong() && duration.isIntegralNumber()) {
        long end = event.path("origin_server_ts").asLong() + duration.longValue();
        return end > now.toEpochMilli();
      }
    }
    return false;
  }

  /** In the order given. */
  private CompletionStage<List<ObjectNode>> decrypted(String roomId, List<ObjectNode> events) {
    List<ObjectNode> encrypted =
        events.stream()
            .filter(event -> event.path("type").asText().equals(ENCRYPTED))
            .filter(event -> !event.has("state_key"))
            .toList();
    if (encrypted.isEmpty()) {
      return CompletableFuture.completedFuture(events);
    }
    return account
        .withMachine(machine -> machine.rooms().decryptAll(roomId, encrypted))
        .thenApply(
            results -> {
              Map<String, ObjectNode> read = new LinkedHashMap<>();
              for (RoomEventResult result : results) {
                if (result instanceof RoomEventResult.Decrypted decrypted) {
                  read.put(decrypted.event().path("event_id").asText(), decrypted.event());
                }
              }
              return events.stream()
                  .map(event -> read.getOrDefault(event.path("event_id").asText(), event))
                  .filter(event -> !event.path("type").asText().equals(ENCRYPTED))
                  .toList();
            });
  }

  private static List<ObjectNode> objects(JsonNode array) {
    List<ObjectNode> objects = new ArrayList<>();
    array.forEach(
        item -> {
          if (item instanceof ObjectNode object) {
            objects.add(object);
          }
        });
    return objects;
  }

  private static Optional<String> text(ObjectNode answer, String member) {
    return Optional.of(answer.path(member)).filter(JsonNode::isTextual).map(JsonNode::textValue);
  }

  private static Optional<String> none() {
    return Optional.empty();
  }

  private static void none(ObjectNode filter, String section) {
    filter.putObject(section).putArray("not_types").add("*");
  }
}
