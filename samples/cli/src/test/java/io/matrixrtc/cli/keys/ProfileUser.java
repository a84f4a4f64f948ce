package io.matrixrtc.cli.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.RoomSendOutcome;
import io.matrixrtc.json.Json;
import java.nio.file.Path;

/** Does with a profile's device what the command does not: makes rooms, joins, writes. */
public final class ProfileUser {
  private ProfileUser() {}

  /** Makes an encrypted room that anyone may join. */
  public static String createRoom(Path profile) throws CommandFailure {
    try (OpenProfile open = OpenProfile.open(new Profile(profile))) {
      return open.value(open.client().matrix().rooms().createRoom(NewRoom.open().encrypted()));
    }
  }

  /** Joins a room. */
  public static void join(Path profile, String roomId) throws CommandFailure {
    try (OpenProfile open = OpenProfile.open(new Profile(profile))) {
      open.value(open.client().matrix().rooms().join(roomId));
    }
  }

  /** Writes an encrypted message; returns its event id. */
  public static String write(Path profile, String roomId, String text) throws CommandFailure {
    ObjectNode content = Json.newObject().put("msgtype", "m.text").put("body", text);
    try (OpenProfile open = OpenProfile.open(new Profile(profile))) {
      RoomSendOutcome outcome =
          open.await(open.client().rooms().send(roomId, "m.room.message", content));
      if (outcome instanceof RoomSendOutcome.Sent sent) {
        open.settle();
        return sent.eventId();
      }
      throw new CommandFailure("not sent: " + outcome);
    }
  }
}
