package io.matrixrtc.homeserver.rooms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import java.util.Arrays;

/** The room versions on offer, and in what they differ here. */
public enum RoomVersion {
  V10("10", true, false),
  V11("11", false, false),
  /** MSC3757: state keys may belong to a user and carry a suffix. */
  OWNED_STATE_V10("org.matrix.msc3757.10", true, true),
  /** MSC3757 on version 11. */
  OWNED_STATE_V11("org.matrix.msc3757.11", false, true);

  public static final RoomVersion DEFAULT = V11;

  private final String id;
  private final boolean creatorInContent;
  private final boolean ownedState;

  RoomVersion(String id, boolean creatorInContent, boolean ownedState) {
    this.id = id;
    this.creatorInContent = creatorInContent;
    this.ownedState = ownedState;
  }

  public static RoomVersion of(String id) {
    return Arrays.stream(values())
        .filter(version -> version.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new MatrixException(
                    ErrorCode.M_UNSUPPORTED_ROOM_VERSION,
                    "This server does not support room version " + id));
  }

  public String id() {
    return id;
  }

  /** Whether {@code m.room.create} names the creator in its content (up to version 10). */
  boolean creatorInContent() {
    return creatorInContent;
  }

  /** Whether MSC3757's rule for state keys holds. */
  boolean ownedState() {
    return ownedState;
  }

  /** The {@code m.room_versions} capability. */
  public static ObjectNode capability() {
    ObjectNode capability = Json.object().put("default", DEFAULT.id);
    ObjectNode available = capability.putObject("available");
    for (RoomVersion version : values()) {
      available.put(version.id, version.ownedState ? "unstable" : "stable");
    }
    return capability;
  }
}
