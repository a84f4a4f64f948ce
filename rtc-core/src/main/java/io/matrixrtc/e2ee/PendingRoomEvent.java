package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutboundRoomSession.Share;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An event that waits to be encrypted, until everybody who can be served has the key. */
final class PendingRoomEvent {
  private final String id;
  private final String roomId;
  private final RoomMembers members;
  private final String type;
  private final ObjectNode content;
  private final Instant startedAt;
  private final Map<UserDevice, Optional<Share>> tried = new HashMap<>();
  private final Map<UserDevice, RoomKeyShare> results = new HashMap<>();
  private @Nullable String sharing;
  private @Nullable RotationCause rotation;

  PendingRoomEvent(
      String id,
      String roomId,
      RoomMembers members,
      String type,
      ObjectNode content,
      Instant startedAt) {
    this.id = id;
    this.roomId = roomId;
    this.members = members;
    this.type = type;
    this.content = content.deepCopy();
    this.startedAt = startedAt;
  }

  String id() {
    return id;
  }

  String roomId() {
    return roomId;
  }

  RoomMembers members() {
    return members;
  }

  String type() {
    return type;
  }

  ObjectNode content() {
    return content;
  }

  Instant startedAt() {
    return startedAt;
  }

  /** The devices that were offered the present key for this event, and what they had before. */
  Map<UserDevice, Optional<Share>> tried() {
    return tried;
  }

  /** What became of the present key for each device, as far as it is known. */
  Map<UserDevice, RoomKeyShare> results() {
    return results;
  }

  /** It waits for a delivery of the key. */
  void sharing(String deliveryId) {
    sharing = deliveryId;
  }

  Optional<String> sharing() {
    return Optional.ofNullable(sharing);
  }

  void shared() {
    sharing = null;
  }

  /** There is a new key, which nobody has. */
  void rotated(RotationCause cause) {
    rotation = cause;
    tried.clear();
    results.clear();
  }

  Optional<RotationCause> rotation() {
    return Optional.ofNullable(rotation);
  }
}
