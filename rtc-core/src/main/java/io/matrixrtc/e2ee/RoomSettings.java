package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long one key of an encrypted room is used, from {@code m.room.encryption}. Whatever the room
 * asks for, the time is never below an hour, and the number of messages 1 to 10,000 (ROTATE-FLOOR).
 *
 * @param rotationPeriod as old may a key become
 * @param rotationMessages as many messages are encrypted with a key
 */
public record RoomSettings(Duration rotationPeriod, long rotationMessages) {
  /** Used where the room says nothing. */
  public static final Duration DEFAULT_PERIOD = Duration.ofDays(7);

  /** Used where the room says nothing. */
  public static final long DEFAULT_MESSAGES = 100;

  /** No key is younger than this when it is replaced for its age. */
  public static final Duration MIN_PERIOD = Duration.ofHours(1);

  /** No key is used for more messages. */
  public static final long MAX_MESSAGES = 10_000;

  public RoomSettings {
    rotationPeriod = rotationPeriod.compareTo(MIN_PERIOD) < 0 ? MIN_PERIOD : rotationPeriod;
    rotationMessages = Math.max(1, Math.min(MAX_MESSAGES, rotationMessages));
  }

  /** What a room has that says nothing more. */
  public static RoomSettings defaults() {
    return new RoomSettings(DEFAULT_PERIOD, DEFAULT_MESSAGES);
  }

  /** Reads the content of {@code m.room.encryption}; empty if the algorithm is not Megolm. */
  public static Optional<RoomSettings> parse(ObjectNode content) {
    if (!content.path("algorithm").asText().equals(OwnDevice.MEGOLM_ALGORITHM)) {
      return Optional.empty(); // ROOM-ALGORITHM
    }
    return Optional.of(
        new RoomSettings(
            Duration.ofMillis(number(content, "rotation_period_ms", DEFAULT_PERIOD.toMillis())),
            number(content, "rotation_period_msgs", DEFAULT_MESSAGES)));
  }

  /** The content of {@code m.room.encryption} that asks for this. */
  public ObjectNode toContent() {
    return Json.newObject()
        .put("algorithm", OwnDevice.MEGOLM_ALGORITHM)
        .put("rotation_period_ms", rotationPeriod.toMillis())
        .put("rotation_period_msgs", rotationMessages);
  }

  private static long number(ObjectNode content, String name, long otherwise) {
    JsonNode value = content.path(name);
    return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : otherwise;
  }

  /** Whether a key of that age has to go; also when the clock went back (ROTATE-TIME). */
  boolean isTooOld(Instant createdAt, Instant now) {
    return now.isBefore(createdAt)
        || Duration.between(createdAt, now).compareTo(rotationPeriod) >= 0;
  }
}
