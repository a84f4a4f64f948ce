package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The members of rooms that are written to: the whole state is fetched when a room is first asked
 * for, between two syncs, then each sync changes it (ROOMS-WHOLE). Confined to the client's
 * scheduler.
 */
final class RoomMembersFeed {
  private final RoomsApi api;
  private final SyncLoop sync;
  private final ClientSettings settings;
  private final SerialScheduler scheduler;
  private final Map<String, RoomMembersState> loaded = new HashMap<>();
  private final Map<String, List<Consumer<ApiResult<RoomMembersState>>>> waiting = new HashMap<>();
  private boolean closed;

  RoomMembersFeed(RoomsApi api, SyncLoop sync, ClientSettings settings) {
    this.api = api;
    this.sync = sync;
    this.settings = settings;
    this.scheduler = settings.scheduler();
  }

  /** Tells {@code asker} the room's state, at once if it is there; askers in their order. */
  void whole(String roomId, Consumer<ApiResult<RoomMembersState>> asker) {
    RoomMembersState state = loaded.get(roomId);
    if (state != null) {
      asker.accept(new ApiResult.Ok<>(state));
      return;
    }
    List<Consumer<ApiResult<RoomMembersState>>> askers = waiting.get(roomId);
    if (askers != null) {
      askers.add(asker);
      return;
    }
    waiting.put(roomId, new ArrayList<>(List.of(asker)));
    fetch(roomId, scheduler.now(), 1);
  }

  private void fetch(String roomId, Instant begun, int tries) {
    if (closed) {
      return;
    }
    sync.pauseFor(
        () ->
            api.wholeState(roomId)
                .thenAccept(
                    result ->
                        result.fold(s -> done(roomId, s), f -> failed(roomId, begun, tries, f))));
  }

  private boolean done(String roomId, List<ObjectNode> events) {
    RoomMembersState state = new RoomMembersState();
    state.apply(events);
    loaded.put(roomId, state);
    tell(roomId, new ApiResult.Ok<>(state));
    return true;
  }

  private boolean failed(String roomId, Instant begun, int tries, ApiFailure failure) {
    Duration wait = settings.retries().delay(tries, failure, settings.random());
    Instant next = scheduler.now().plus(wait);
    if (failure.isTransient() && !next.isAfter(begun.plus(settings.retries().budget()))) {
      scheduler.schedule(next, () -> fetch(roomId, begun, tries + 1));
    } else {
      tell(roomId, new ApiResult.Failed<>(failure));
    }
    return false;
  }

  private void tell(String roomId, ApiResult<RoomMembersState> result) {
    Optional.ofNullable(waiting.remove(roomId))
        .ifPresent(all -> all.forEach(a -> a.accept(result)));
  }

  /** Takes what a sync says of rooms; one that we have left is fetched anew should we return. */
  void onSync(SyncAnswer answer) {
    answer
        .rooms()
        .forEach(
            (roomId, section) -> {
              RoomMembersState state = loaded.get(roomId);
              if (!section.membership().equals("join")) {
                loaded.remove(roomId);
              } else if (state != null) {
                state.apply(section.state());
              }
            });
  }

  void close() {
    closed = true;
    waiting.clear();
  }
}
