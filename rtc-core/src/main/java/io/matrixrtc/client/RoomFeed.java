package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.RoomUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in a room and in its call, as sessions need it: first the whole state, then what each sync
 * changed. The whole state is fetched between two syncs, so that no change is missed and none is
 * taken back for a moment by an older answer (FEED-WHOLE). Confined to the client's scheduler.
 */
final class RoomFeed {
  private static final Logger LOG = LoggerFactory.getLogger(RoomFeed.class);

  private final RoomsApi api;
  private final SyncLoop sync;
  private final ClientSettings settings;
  private final SerialScheduler scheduler;
  private final Consumer<RoomUpdate> before;
  private final Map<String, List<Subscriber>> subscribers = new LinkedHashMap<>();
  private final List<Request> held = new ArrayList<>();
  private boolean closed;

  /** Tells {@code before} of every update before the subscribers. */
  RoomFeed(RoomsApi api, SyncLoop sync, ClientSettings settings, Consumer<RoomUpdate> before) {
    this.api = api;
    this.sync = sync;
    this.settings = settings;
    this.scheduler = settings.scheduler();
    this.before = before;
  }

  /** Completes once the whole state was handed on, or with why it could not be had. */
  CompletionStage<ApiResult<RoomSubscription>> follow(
      String roomId, Consumer<RoomUpdate> subscriber) {
    CompletableFuture<ApiResult<RoomSubscription>> end = new CompletableFuture<>();
    scheduler.execute(() -> attempt(new Request(roomId, subscriber, scheduler.now(), end), 1));
    return end;
  }

  private record Request(
      String roomId,
      Consumer<RoomUpdate> subscriber,
      Instant at,
      CompletableFuture<ApiResult<RoomSubscription>> end) {
    Request from(Instant start) {
      return new Request(roomId, subscriber, start, end);
    }
  }

  /** One try. Syncs go on while a failed one waits for the next. */
  private void attempt(Request request, int tries) {
    if (closed) {
      request.end.completeExceptionally(new IllegalStateException("client is closed"));
      return;
    }
    sync.pauseFor(
            () ->
                api.wholeState(request.roomId)
                    .thenAccept(result -> onState(request, tries, result)))
        .whenComplete(
            (done, bug) -> {
              if (bug != null) {
                request.end.completeExceptionally(bug);
              }
            });
  }

  private void onState(Request request, int tries, ApiResult<List<ObjectNode>> result) {
    if (result instanceof ApiResult.Failed<List<ObjectNode>> failed
        && failed.failure() instanceof ApiFailure.LoggedOut out
        && out.soft()) {
      held.add(request); // LOGIN-SOFT
      return;
    }
    Optional<Duration> wait =
        result.fold(state -> Optional.empty(), failure -> wait(request, tries, failure));
    if (wait.isPresent()) {
      scheduler.schedule(scheduler.now().plus(wait.get()), () -> attempt(request, tries + 1));
    } else {
      request.end.complete(result.map(state -> begin(request, state)));
    }
  }

  private Optional<Duration> wait(Request request, int tries, ApiFailure failure) {
    Duration wait = settings.retries().delay(tries, failure, settings.random());
    Instant latest = request.at.plus(settings.retries().budget());
    return failure.isTransient() && !scheduler.now().plus(wait).isAfter(latest)
        ? Optional.of(wait)
        : Optional.empty();
  }

  private RoomSubscription begin(Request request, List<ObjectNode> state) {
    Subscriber added = new Subscriber(request.subscriber);
    subscribers.computeIfAbsent(request.roomId, id -> new ArrayList<>()).add(added);
    hand(RoomUpdates.of(state), List.of(added));
    return () -> scheduler.execute(() -> remove(request.roomId, added));
  }

  private void remove(String roomId, Subscriber subscriber) {
    List<Subscriber> ofRoom = subscribers.get(roomId);
    if (ofRoom != null && ofRoom.remove(subscriber) && ofRoom.isEmpty()) {
      subscribers.remove(roomId);
    }
  }

  /** Hands on what a sync changed in the rooms that somebody follows. */
  void onSync(SyncAnswer answer) {
    answer
        .rooms()
        .forEach(
            (roomId, section) -> {
              List<Subscriber> ofRoom = subscribers.get(roomId);
              if (ofRoom != null) {
                hand(RoomUpdates.of(section.state()), List.copyOf(ofRoom));
              }
            });
  }

  private void hand(RoomUpdate update, List<Subscriber> to) {
    before.accept(update);
    for (Subscriber subscriber : to) {
      try {
        subscriber.take(update);
      } catch (RuntimeException e) {
        LOG.error("A listener to a room failed", e);
      }
    }
  }

  /** There is a login again: what waited for one is asked for. */
  void resume() {
    List<Request> all = List.copyOf(held);
    held.clear();
    all.forEach(request -> attempt(request.from(scheduler.now()), 1));
  }

  /** Whether any room is followed. */
  boolean isFollowing() {
    return !subscribers.isEmpty();
  }

  /** Hands on nothing any more. */
  void close() {
    closed = true;
    subscribers.clear();
    resume(); // which ends them
  }

  /** One subscription; the same listener may have several. */
  private static final class Subscriber {
    private final Consumer<RoomUpdate> listener;

    Subscriber(Consumer<RoomUpdate> listener) {
      this.listener = listener;
    }

    void take(RoomUpdate update) {
      listener.accept(update);
    }
  }
}
