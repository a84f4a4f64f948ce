package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.RoomEventResult;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.session.RoomUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  private static final SyncAnswer.RoomSection NOTHING =
      new SyncAnswer.RoomSection("join", List.of(), List.of(), List.of());

  private final MatrixClient client;
  private final SyncLoop sync;
  private final ClientSettings settings;
  private final SerialScheduler scheduler;
  private final Opener opener;
  private final Consumer<RoomUpdate> before;
  private final Map<String, List<Subscriber>> subscribers = new LinkedHashMap<>();
  private final Map<String, RoomReader> readers = new LinkedHashMap<>();
  private final List<Request> held = new ArrayList<>();
  private boolean closed;

  /** Opens events that no sync brought. To be called on the scheduler. */
  @FunctionalInterface
  interface Opener {
    List<RoomEventResult> open(String roomId, List<ObjectNode> events);
  }

  /** Tells {@code before} of every update before the subscribers. */
  RoomFeed(MatrixClient client, SyncLoop sync, Opener opener, Consumer<RoomUpdate> before) {
    this.client = client;
    this.sync = sync;
    this.settings = client.settings();
    this.scheduler = settings.scheduler();
    this.opener = opener;
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
    sync.pauseFor(() -> fetch(request.roomId).thenAccept(result -> onState(request, tries, result)))
        .whenComplete(
            (done, bug) -> {
              if (bug != null) {
                request.end.completeExceptionally(bug);
              }
            });
  }

  private record Whole(List<ObjectNode> state, SyncAnswer.RoomSection live) {}

  /**
   * The whole state and, where the homeserver has sticky events, those of them that still count: an
   * earlier sync may have brought them before the room was followed (FEED-STICKY).
   */
  private CompletionStage<ApiResult<Whole>> fetch(String roomId) {
    return client
        .rooms()
        .wholeState(roomId)
        .thenCompose(result -> result.fold(state -> withLive(roomId, state), RoomFeed::failed));
  }

  private CompletionStage<ApiResult<Whole>> withLive(String roomId, List<ObjectNode> state) {
    return client
        .features()
        .thenCompose(
            result ->
                result.fold(
                    can ->
                        can.hasStickyEvents()
                            ? client
                                .sync()
                                .liveEvents(roomId)
                                .thenApply(live -> live.map(events -> new Whole(state, events)))
                            : CompletableFuture.completedFuture(
                                new ApiResult.Ok<>(new Whole(state, NOTHING))),
                    RoomFeed::failed));
  }

  private static CompletionStage<ApiResult<Whole>> failed(ApiFailure failure) {
    return CompletableFuture.completedFuture(new ApiResult.Failed<>(failure));
  }

  private void onState(Request request, int tries, ApiResult<Whole> result) {
    if (result instanceof ApiResult.Failed<Whole> failed
        && failed.failure() instanceof ApiFailure.LoggedOut out
        && out.soft()) {
      held.add(request); // LOGIN-SOFT
      return;
    }
    Optional<Duration> wait =
        result.fold(whole -> Optional.empty(), failure -> wait(request, tries, failure));
    if (wait.isPresent()) {
      scheduler.schedule(scheduler.now().plus(wait.get()), () -> attempt(request, tries + 1));
    } else {
      request.end.complete(result.map(whole -> begin(request, whole)));
    }
  }

  private Optional<Duration> wait(Request request, int tries, ApiFailure failure) {
    Duration wait = settings.retries().delay(tries, failure, settings.random());
    Instant latest = request.at.plus(settings.retries().budget());
    return failure.isTransient() && !scheduler.now().plus(wait).isAfter(latest)
        ? Optional.of(wait)
        : Optional.empty();
  }

  private RoomSubscription begin(Request request, Whole whole) {
    Subscriber added = new Subscriber(request.subscriber);
    RoomReader reader = readers.computeIfAbsent(request.roomId, id -> new RoomReader());
    subscribers.computeIfAbsent(request.roomId, id -> new ArrayList<>()).add(added);
    List<ObjectNode> events = RoomReader.events(whole.live);
    List<LiveEvent> live = LiveEvent.opened(events, opener.open(request.roomId, events));
    hand(reader.whole(whole.state, live, scheduler.now()), List.of(added));
    return () -> scheduler.execute(() -> remove(request.roomId, added));
  }

  private void remove(String roomId, Subscriber subscriber) {
    List<Subscriber> ofRoom = subscribers.get(roomId);
    if (ofRoom != null && ofRoom.remove(subscriber) && ofRoom.isEmpty()) {
      subscribers.remove(roomId);
      readers.remove(roomId);
    }
  }

  /**
   * Hands on what a sync changed in the rooms that somebody follows.
   *
   * @param read what became of its encrypted events, by room
   */
  void onSync(SyncAnswer answer, Map<String, List<RoomEventResult>> read) {
    Set<String> devices = answer.crypto().changedUsers();
    List.copyOf(readers.keySet())
        .forEach(
            roomId -> {
              SyncAnswer.RoomSection section = answer.rooms().getOrDefault(roomId, NOTHING);
              RoomReader reader = readers.get(roomId);
              List<Subscriber> ofRoom = subscribers.get(roomId);
              if (reader != null && ofRoom != null && (section != NOTHING || !devices.isEmpty())) {
                List<LiveEvent> live =
                    LiveEvent.opened(
                        RoomReader.events(section), read.getOrDefault(roomId, List.of()));
                hand(reader.changes(section, live, devices, scheduler.now()), List.copyOf(ofRoom));
              }
            });
  }

  /** Hands on an event whose key came later than itself (FEED-LATE). */
  void onLate(String roomId, LiveEvent event) {
    RoomReader reader = readers.get(roomId);
    List<Subscriber> ofRoom = subscribers.get(roomId);
    if (reader != null && ofRoom != null) {
      hand(reader.late(event, scheduler.now()), List.copyOf(ofRoom));
    }
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
    readers.clear();
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
