package io.matrixrtc.widget.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.StickyMemberEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what calls need out of events that a host pushes and that are no state: sticky memberships
 * and redactions. Call notifications are left to the widget. What lacks a member that it must have
 * says nothing.
 */
final class RoomReading {
  static final String MEMBER = "m.room.member";
  static final String ENCRYPTION = "m.room.encryption";
  private static final String REDACTION = "m.room.redaction";

  private RoomReading() {}

  /** A sticky membership or a redaction; empty for anything else. */
  static Optional<RoomUpdate> ofEvent(ObjectNode event, Instant now) {
    Optional<Header> header = Header.of(event);
    if (header.isEmpty() || event.has("state_key")) {
      return Optional.empty();
    }
    return switch (event.path("type").asText()) {
      case StickyMemberEvent.TYPE ->
          duration(event)
              .map(lasts -> RoomUpdate.ofSticky(List.of(header.get().sticky(event, lasts, now))));
      case REDACTION -> redacted(event).map(id -> RoomUpdate.ofRedacted(Set.of(id)));
      default -> Optional.empty();
    };
  }

  private static Optional<Duration> duration(ObjectNode event) {
    return millis(event.path("msc4354_sticky").path("duration_ms"))
        .or(() -> millis(event.path("sticky").path("duration_ms")));
  }

  private static Optional<Duration> millis(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0
        ? Optional.of(Duration.ofMillis(value.longValue()))
        : Optional.empty();
  }

  /** Before room version 11 on the event, since then in its content. */
  private static Optional<String> redacted(ObjectNode event) {
    JsonNode inside = event.path("content").path("redacts");
    JsonNode id = inside.isTextual() ? inside : event.path("redacts");
    return id.isTextual() ? Optional.of(id.textValue()) : Optional.empty();
  }

  /** What every event has. */
  private record Header(String eventId, String sender, Instant sent, ObjectNode content) {
    static Optional<Header> of(ObjectNode event) {
      JsonNode time = event.path("origin_server_ts");
      return event.path("event_id").isTextual()
              && event.path("sender").isTextual()
              && time.isIntegralNumber()
              && time.canConvertToLong()
              && event.get("content") instanceof ObjectNode content
          ? Optional.of(
              new Header(
                  event.path("event_id").textValue(),
                  event.path("sender").textValue(),
                  Instant.ofEpochMilli(time.longValue()),
                  content))
          : Optional.empty();
    }

    /** Whether it was encrypted, and by whom, a host does not tell. */
    StickyMemberEvent sticky(ObjectNode event, Duration lasts, Instant now) {
      Optional<Duration> left =
          millis(event.path("unsigned").path("msc4354_sticky_duration_ttl_ms"));
      return new StickyMemberEvent(
          eventId,
          sender,
          sent,
          lasts,
          StickyMemberEvent.stickyUntil(now, sent, lasts, left),
          Optional.empty(),
          content);
    }
  }
}
