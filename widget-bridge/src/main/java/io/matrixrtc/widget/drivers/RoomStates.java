package io.matrixrtc.widget.drivers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.SyncAnswer.RoomSection;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.host.EventDriver.StateKeys;
import io.matrixrtc.widget.host.RoomView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The current state of the rooms that widgets see. Fetched whole when a room is first asked for;
 * each sync changes it. What a sync brings while the state is fetched counts as newer: if it was
 * not, the next sync says so (STATE-WHOLE).
 *
 * <p>Changed on the client's scheduler alone; any thread may read.
 */
final class RoomStates implements RoomView {
  private static final String MEMBER = "m.room.member";

  private final MatrixClient client;
  private final SerialScheduler scheduler;
  private final Set<String> joined = ConcurrentHashMap.newKeySet();
  private final Map<String, Map<Entry, ObjectNode>> whole = new ConcurrentHashMap<>();
  private final Map<String, Loading> loading = new HashMap<>();
  private final Map<String, Long> left = new ConcurrentHashMap<>(); // room to when, in leaves
  private final AtomicLong leaves = new AtomicLong();

  private record Entry(String type, String stateKey) {}

  private record Loading(CompletableFuture<ApiResult<Boolean>> end, List<ObjectNode> meanwhile) {}

  RoomStates(MatrixClient client) {
    this.client = client;
    this.scheduler = client.settings().scheduler();
  }

  /** Completes once the room's state is known, or with why it is not. */
  CompletionStage<ApiResult<Boolean>> load(String roomId) {
    CompletableFuture<ApiResult<Boolean>> end = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          Loading under = loading.get(roomId);
          if (whole.containsKey(roomId)) {
            end.complete(new ApiResult.Ok<>(true));
          } else if (under != null) {
            var unused = under.end.thenAccept(end::complete);
          } else {
            Loading begun = new Loading(end, new ArrayList<>());
            loading.put(roomId, begun);
            client
                .rooms()
                .wholeState(roomId)
                .whenComplete((result, bug) -> done(roomId, begun, result));
          }
        });
    return end;
  }

  private void done(String roomId, Loading ended, @Nullable ApiResult<List<ObjectNode>> result) {
    if (!loading.remove(roomId, ended)) { // left meanwhile
      return;
    }
    if (result == null) {
      ended.end.completeExceptionally(new IllegalStateException("the client is closed"));
      return;
    }
    if (result instanceof ApiResult.Ok<List<ObjectNode>> ok) {
      Map<Entry, ObjectNode> state = new ConcurrentHashMap<>();
      put(state, ok.value());
      put(state, ended.meanwhile);
      if (!isJoined(state, client.session().userId())) { // who has left is shown the state as then
        ended.end.complete(new ApiResult.Failed<>(new ApiFailure.NotInRoom(roomId)));
        return;
      }
      whole.put(roomId, state);
      joined.add(roomId);
    }
    ended.end.complete(result.map(events -> true));
  }

  /** Takes a room of a sync; returns the entries that are new. */
  List<ObjectNode> onSync(String roomId, RoomSection section) {
    if (!section.membership().equals("join")) {
      left.put(roomId, leaves.incrementAndGet());
      joined.remove(roomId);
      whole.remove(roomId);
      Loading vain = loading.remove(roomId);
      if (vain != null) {
        vain.end.complete(new ApiResult.Failed<>(new ApiFailure.NotInRoom(roomId)));
      }
      return List.of();
    }
    joined.add(roomId);
    Loading under = loading.get(roomId);
    if (under != null) {
      under.meanwhile.addAll(section.state());
    }
    Map<Entry, ObjectNode> state = whole.get(roomId);
    return state == null ? List.of() : put(state, section.state());
  }

  /** To be taken before the homeserver is asked what the account has joined. */
  long moment() {
    return leaves.get();
  }

  /** The account had joined these, no earlier than at {@code moment}: what it left since counts. */
  void joined(Set<String> roomIds, long moment) {
    scheduler.execute(
        () ->
            roomIds.stream()
                .filter(room -> left.getOrDefault(room, 0L) <= moment)
                .forEach(joined::add));
  }

  /** Later events replace earlier ones; returns those that differ from what was there. */
  private static List<ObjectNode> put(Map<Entry, ObjectNode> state, List<ObjectNode> events) {
    Map<Entry, ObjectNode> changed = new LinkedHashMap<>();
    for (ObjectNode event : events) {
      if (event.path("type").isTextual()
          && event.path("state_key").isTextual()
          && event.path("content").isObject()) {
        Entry entry = new Entry(event.get("type").textValue(), event.get("state_key").textValue());
        ObjectNode before = state.put(entry, event);
        if (before == null || !before.path("event_id").equals(event.path("event_id"))) {
          changed.put(entry, event);
        }
      }
    }
    return List.copyOf(changed.values());
  }

  /** Copies of the entries of a type; none if the room is not loaded. */
  List<ObjectNode> read(String roomId, String type, StateKeys keys) {
    Map<Entry, ObjectNode> state = whole.getOrDefault(roomId, Map.of());
    if (keys.only().isPresent()) {
      ObjectNode event = state.get(new Entry(type, keys.only().get()));
      return event == null ? List.of() : List.of(event.deepCopy());
    }
    return state.entrySet().stream()
        .filter(entry -> entry.getKey().type.equals(type))
        .map(entry -> entry.getValue().deepCopy())
        .toList();
  }

  private Optional<ObjectNode> entry(String roomId, String type, String stateKey) {
    return Optional.ofNullable(whole.getOrDefault(roomId, Map.of()).get(new Entry(type, stateKey)));
  }

  /** Users that have joined a room. */
  Set<String> members(String roomId) {
    return whole.getOrDefault(roomId, Map.of()).keySet().stream()
        .filter(entry -> entry.type.equals(MEMBER) && isJoined(roomId, entry.stateKey))
        .map(Entry::stateKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Encryption encryption(String roomId) {
    if (!whole.containsKey(roomId)) {
      return Encryption.UNKNOWN;
    }
    return entry(roomId, "m.room.encryption", "").isPresent()
        ? Encryption.ENCRYPTED
        : Encryption.CLEAR;
  }

  @Override
  public boolean isJoined(String roomId, String userId) {
    return isJoined(whole.getOrDefault(roomId, Map.of()), userId);
  }

  private static boolean isJoined(Map<Entry, ObjectNode> state, String userId) {
    ObjectNode event = state.get(new Entry(MEMBER, userId));
    return event != null && event.path("content").path("membership").asText().equals("join");
  }

  @Override
  public Optional<String> name(String roomId) {
    return entry(roomId, "m.room.name", "")
        .map(event -> event.path("content").path("name").asText())
        .filter(name -> !name.isBlank());
  }

  @Override
  public Set<String> joinedRooms() {
    return Set.copyOf(joined);
  }
}
