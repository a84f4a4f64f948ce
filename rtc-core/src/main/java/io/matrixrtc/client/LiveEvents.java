package io.matrixrtc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.session.CallNoticeEvent;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.session.StickyMemberEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads what sessions need out of events that are no state: sticky memberships (MSC4354), call
 * notifications and declines, redactions. Events of another shape say nothing (FEED-SHAPE).
 */
final class LiveEvents {
  /** A sticky event's duration: where it is, and what it is called there. */
  private static final Map<String, String> DURATION =
      Map.of("msc4354_sticky", "duration_ms", "sticky", "duration_ms");

  private LiveEvents() {}

  /**
   * Returns what {@code events}, from the timeline and the sticky section, say.
   *
   * @param mayMentionRoom whether a user may notify everyone in the room
   * @param now when they came
   */
  static RoomUpdate of(List<ObjectNode> events, Predicate<String> mayMentionRoom, Instant now) {
    return read(events.stream().map(LiveEvent::clear).toList(), mayMentionRoom, now);
  }

  /** As {@link #of}, for events of which some were encrypted. */
  static RoomUpdate read(List<LiveEvent> events, Predicate<String> mayMentionRoom, Instant now) {
    List<StickyMemberEvent> sticky = new ArrayList<>();
    List<CallNoticeEvent> notices = new ArrayList<>();
    Set<String> redacted = new HashSet<>();
    Set<String> known = new HashSet<>();
    for (LiveEvent live : events) {
      ObjectNode event = live.event();
      if (event.has("state_key")
          || !event.path("event_id").isTextual()
          || !event.path("sender").isTextual()
          || !RoomUpdates.hasTime(event)
          || !(event.get("content") instanceof ObjectNode content)
          || !known.add(event.path("event_id").textValue())) {
        continue;
      }
      String sender = event.path("sender").textValue();
      switch (event.path("type").asText()) {
        case StickyMemberEvent.TYPE ->
            duration(event).ifPresent(lasts -> sticky.add(sticky(live, content, lasts, now)));
        case CallNoticeEvent.NOTIFICATION, CallNoticeEvent.DECLINE ->
            notices.add(
                new CallNoticeEvent(
                    event.path("event_id").textValue(),
                    event.path("type").textValue(),
                    sender,
                    RoomUpdates.time(event),
                    content,
                    mayMentionRoom.test(sender)));
        case "m.room.redaction" -> redacted(event, content).ifPresent(redacted::add);
        default -> {}
      }
    }
    return new RoomUpdate(List.of(), Set.of(), Set.of(), sticky, List.of(), redacted, notices);
  }

  private static StickyMemberEvent sticky(
      LiveEvent live, ObjectNode content, Duration lasts, Instant now) {
    ObjectNode event = live.event();
    Instant sent = RoomUpdates.time(event);
    return new StickyMemberEvent(
        event.path("event_id").textValue(),
        event.path("sender").textValue(),
        sent,
        lasts,
        StickyMemberEvent.stickyUntil(now, sent, lasts, left(event)),
        live.encryptedBy(),
        content);
  }

  /** Empty for an event that is not sticky. */
  private static Optional<Duration> duration(ObjectNode event) {
    return DURATION.entrySet().stream()
        .map(name -> event.path(name.getKey()).path(name.getValue()))
        .flatMap(value -> millis(value).stream())
        .findFirst();
  }

  private static Optional<Duration> left(ObjectNode event) {
    return LiveEvent.leftNames().stream()
        .flatMap(name -> millis(event.path("unsigned").path(name)).stream())
        .findFirst();
  }

  private static Optional<Duration> millis(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 0
        ? Optional.of(Duration.ofMillis(value.asLong()))
        : Optional.empty();
  }

  /** Before room version 11 on the event, since then in its content. */
  private static Optional<String> redacted(ObjectNode event, ObjectNode content) {
    JsonNode id =
        content.path("redacts").isTextual() ? content.path("redacts") : event.path("redacts");
    return id.isTextual() ? Optional.of(id.textValue()) : Optional.empty();
  }
}
