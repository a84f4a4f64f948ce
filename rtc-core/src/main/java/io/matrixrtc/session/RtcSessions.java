package io.matrixrtc.session;

import io.matrixrtc.keys.SerialScheduler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one slot in many rooms (SM-1 to SM-5): one for each room that {@link
 * #onRoomUpdate} was told of. Any thread may call; nothing blocks.
 */
public final class RtcSessions implements AutoCloseable {
  private final SerialScheduler scheduler;
  private final Factory factory;
  private final Consumer<RtcSessionsEvent> listener;
  private final Map<String, Entry> rooms = new LinkedHashMap<>();
  private boolean closed;

  /** Makes the session of a room. */
  @FunctionalInterface
  public interface Factory {
    /**
     * Returns a new session for {@code roomId}, on the scheduler of the {@link RtcSessions}, that
     * tells {@code listener} of its events.
     */
    RtcSession create(String roomId, Consumer<SessionEvent> listener);
  }

  private static final class Entry {
    private @Nullable RtcSession session;
    private boolean active;
  }

  /**
   * @param scheduler the serial executor of all these sessions
   * @param listener told of events on that executor; must not block
   */
  public RtcSessions(
      SerialScheduler scheduler, Factory factory, Consumer<RtcSessionsEvent> listener) {
    this.scheduler = scheduler;
    this.factory = factory;
    this.listener = listener;
  }

  /** A room said something new. The first update of a room carries its whole state. */
  public void onRoomUpdate(String roomId, RoomUpdate update) {
    scheduler.execute(
        () -> {
          if (!closed) {
            session(roomId).onRoomUpdate(update);
          }
        });
  }

  /** The session of a room; empty if nothing was heard of the room. */
  public CompletionStage<Optional<RtcSession>> get(String roomId) {
    CompletableFuture<Optional<RtcSession>> answer = new CompletableFuture<>();
    scheduler.execute(
        () ->
            answer.complete(
                Optional.ofNullable(rooms.get(roomId))
                    .flatMap(entry -> Optional.ofNullable(entry.session))));
    return answer;
  }

  /** The rooms where a call goes on. */
  public CompletionStage<List<String>> active() {
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    scheduler.execute(
        () ->
            answer.complete(
                rooms.entrySet().stream()
                    .filter(room -> room.getValue().active)
                    .map(Map.Entry::getKey)
                    .toList()));
    return answer;
  }

  /** Closes the session of a room, for example because this user left it. */
  public void forget(String roomId) {
    scheduler.execute(() -> end(rooms.remove(roomId)));
  }

  /** Closes all sessions. */
  @Override
  public void close() {
    scheduler.execute(
        () -> {
          closed = true;
          List.copyOf(rooms.values()).forEach(RtcSessions::end);
          rooms.clear();
        });
  }

  private static void end(@Nullable Entry entry) {
    if (entry != null && entry.session != null) {
      entry.session.close();
    }
  }

  private RtcSession session(String roomId) {
    Entry entry = rooms.computeIfAbsent(roomId, id -> new Entry());
    RtcSession session = entry.session;
    if (session == null) {
      session = factory.create(roomId, event -> onEvent(roomId, entry, event));
      entry.session = session;
    }
    return session;
  }

  private void onEvent(String roomId, Entry entry, SessionEvent event) {
    RtcSession session = entry.session;
    if (session == null) {
      return; // sessions are silent while they are made
    }
    if (event instanceof SessionEvent.Started) {
      entry.active = true;
      listener.accept(new RtcSessionsEvent.SessionStarted(roomId, session));
    } else if (event instanceof SessionEvent.Ended) {
      entry.active = false;
      listener.accept(new RtcSessionsEvent.SessionEnded(roomId, session));
    } else {
      listener.accept(new RtcSessionsEvent.InSession(roomId, session, event));
    }
  }
}
