package io.matrixrtc.homeserver.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.MatrixException;

/**
 * An entry of a backup as stored; its row is the JSON that clients get.
 *
 * @param firstMessageIndex the first message that the key reads
 * @param forwardedCount how often the key was passed on
 * @param isVerified whether the uploading device had verified where it came from
 * @param sessionData sealed; the server does not look into it
 */
record BackupKey(
    long firstMessageIndex, long forwardedCount, boolean isVerified, JsonNode sessionData) {

  /** Reads an uploaded entry: 400 for one of another shape. */
  static BackupKey of(JsonNode entry) {
    if (!(entry instanceof ObjectNode)) {
      throw MatrixException.badJson("A key must be an object.");
    }
    JsonNode verified = required(entry, "is_verified");
    JsonNode data = required(entry, "session_data");
    if (!verified.isBoolean()) {
      throw MatrixException.invalidParam("is_verified must be a boolean.");
    }
    if (!data.isObject()) {
      throw MatrixException.invalidParam("session_data must be an object.");
    }
    return new BackupKey(
        number(entry, "first_message_index"),
        number(entry, "forwarded_count"),
        verified.booleanValue(),
        data);
  }

  private static long number(JsonNode entry, String name) {
    JsonNode number = required(entry, name);
    if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
      throw MatrixException.invalidParam(name + " must be a whole number, zero or more.");
    }
    return number.longValue();
  }

  private static JsonNode required(JsonNode entry, String name) {
    JsonNode value = entry.get(name);
    if (value == null) {
      throw MatrixException.missing(name);
    }
    return value;
  }
}
