package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.client.AccessToken;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** The login of a device, in a file that only its owner can read. */
final class LoginFile {
  private LoginFile() {}

  static MatrixSession read(Path file) throws CommandFailure {
    try {
      ObjectNode json = Json.parseObject(Files.readAllBytes(file));
      return new MatrixSession(
          URI.create(json.path("homeserver").asText()),
          json.path("user_id").asText(),
          json.path("device_id").asText(),
          AccessToken.of(json.path("access_token").asText()));
    } catch (IOException | MalformedJsonException | IllegalArgumentException e) {
      throw new CommandFailure(file + " holds no login. Delete it, and log in anew.");
    }
  }

  static void write(Path file, MatrixSession session) throws CommandFailure {
    ObjectNode json =
        Json.newObject()
            .put("homeserver", session.homeserver().toString())
            .put("user_id", session.userId())
            .put("device_id", session.deviceId())
            .put("access_token", session.token().reveal());
    try {
      OwnerFile.create(file, json + "\n");
    } catch (IOException e) {
      throw new CommandFailure("cannot write " + file + ".");
    }
  }
}
