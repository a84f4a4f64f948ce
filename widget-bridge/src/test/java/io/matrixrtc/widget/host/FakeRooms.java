package io.matrixrtc.widget.host;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Rooms as a test has them: encrypted, unless told otherwise. */
public final class FakeRooms implements RoomView {
  final Map<String, Encryption> encryption = new HashMap<>();
  final Map<String, Set<String>> members = new HashMap<>();

  public void join(String roomId, String... userIds) {
    members.computeIfAbsent(roomId, id -> new HashSet<>()).addAll(Set.of(userIds));
  }

  /** The room is not encrypted. */
  public void clear(String roomId) {
    encryption.put(roomId, Encryption.CLEAR);
  }

  @Override
  public Encryption encryption(String roomId) {
    return encryption.getOrDefault(roomId, Encryption.ENCRYPTED);
  }

  @Override
  public boolean isJoined(String roomId, String userId) {
    return members.getOrDefault(roomId, Set.of()).contains(userId);
  }

  @Override
  public Set<String> joinedRooms() {
    return members.keySet();
  }
}
