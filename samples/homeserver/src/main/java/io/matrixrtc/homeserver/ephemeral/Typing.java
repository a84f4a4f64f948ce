package io.matrixrtc.homeserver.ephemeral;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.rooms.Memberships;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.StateThread;
import io.matrixrtc.homeserver.store.StreamPositions;
import io.matrixrtc.homeserver.time.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Who is typing in which room. In memory only: a restart ends it. Used on the state thread. */
public final class Typing {
  /** Longest time for which a client may say so at once. */
  static final Duration MAX_TIMEOUT = Duration.ofMinutes(2);

  private static final class Room {
    final Map<String, TimeSource.Alarm> typing = new TreeMap<>();
    long position;
  }

  private final Map<String, Room> rooms = new HashMap<>();
  private final Memberships memberships;
  private final StreamPositions stream;
  private final News news;
  private final TimeSource time;
  private final StateThread state;

  public Typing(Foundation foundation, StateThread state, Memberships memberships) {
    this.memberships = memberships;
    this.stream = foundation.stream();
    this.news = foundation.news();
    this.time = foundation.time();
    this.state = state;
  }

  void start(String roomId, String userId, Duration timeout) {
    Duration bounded = timeout.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : timeout;
    Room room = rooms.computeIfAbsent(roomId, id -> new Room());
    TimeSource.Alarm[] alarm = new TimeSource.Alarm[1];
    alarm[0] = time.after(bounded, () -> state.run(() -> timeUp(roomId, userId, alarm[0])));
    TimeSource.Alarm before = room.typing.put(userId, alarm[0]);
    if (before != null) {
      before.cancel();
    } else {
      changed(roomId, room);
    }
  }

  void stop(String roomId, String userId) {
    Room room = rooms.get(roomId);
    TimeSource.Alarm alarm = room == null ? null : room.typing.remove(userId);
    if (room != null && alarm != null) {
      alarm.cancel();
      changed(roomId, room);
    }
  }

  // A later start has set an alarm of its own.
  private void timeUp(String roomId, String userId, TimeSource.Alarm alarm) {
    Room room = rooms.get(roomId);
    if (room != null && room.typing.remove(userId, alarm)) {
      changed(roomId, room);
    }
  }

  private void changed(String roomId, Room room) {
    room.position = stream.next();
    memberships.members(roomId, Memberships.JOIN).forEach(news::forUser);
  }

  /** The {@code m.typing} event, if it changed after {@code position}. */
  public Optional<ObjectNode> since(String roomId, long position) {
    Room room = rooms.get(roomId);
    if (room == null || room.position <= position) {
      return Optional.empty();
    }
    ObjectNode event = Json.object().put("type", "m.typing");
    ArrayNode users = event.putObject("content").putArray("user_ids");
    room.typing.keySet().stream()
        .filter(user -> memberships.isJoined(user, roomId))
        .forEach(users::add);
    return Optional.of(event);
  }
}
