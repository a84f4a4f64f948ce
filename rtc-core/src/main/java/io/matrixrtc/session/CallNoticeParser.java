package io.matrixrtc.session;

import io.matrixrtc.session.MembershipReading.IgnoreReason;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads call notifications (MSC4075; TY-2, TY-3, TY-4) and declines (MSC4310). */
final class CallNoticeParser {
  /** A sender's clock may be this much ahead of its server's. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(20);

  private static final String RELATION = "m.relates_to";
  private static final String REFERENCE = "m.reference";

  private CallNoticeParser() {}

  static NoticeReading read(CallNoticeEvent event) {
    if (!Fields.isUserId(event.sender())) {
      return new NoticeReading.Ignored(IgnoreReason.BAD_SENDER, "sender");
    }
    try {
      Fields fields = Fields.of(event.content());
      return switch (event.type()) {
        case CallNoticeEvent.NOTIFICATION ->
            new NoticeReading.Notified(notification(event, fields));
        case CallNoticeEvent.DECLINE ->
            new NoticeReading.Declined(event.sender(), reference(fields));
        default -> new NoticeReading.Ignored(IgnoreReason.NOT_A_MEMBERSHIP, "type");
      };
    } catch (BadFieldException e) {
      return new NoticeReading.Ignored(e.ignored().reason(), e.ignored().detail());
    }
  }

  private static CallNotification notification(CallNoticeEvent event, Fields fields)
      throws BadFieldException {
    Set<String> users = new HashSet<>();
    boolean room = false;
    if (fields.has("m.mentions")) {
      Fields mentions = fields.object("m.mentions");
      if (mentions.has("user_ids")) {
        users.addAll(mentions.texts("user_ids"));
      }
      room = mentions.node("room").asBoolean(false);
    }
    // From matrix-js-sdk 43.0 the type is optional, since all notifications ring.
    Optional<String> type = fields.optionalText("notification_type");
    boolean rings = type.isEmpty() || type.get().equals("ring");
    return new CallNotification(
        event.eventId(),
        event.sender(),
        rings ? CallNotification.Type.RING : CallNotification.Type.NOTIFICATION,
        fields.has(RELATION) ? Optional.of(reference(fields)) : Optional.empty(),
        fields.optionalText("slot_id"),
        fields.optionalText("m.call.intent"),
        users,
        room && event.mayMentionRoom(),
        end(event, fields));
  }

  private static Instant end(CallNoticeEvent event, Fields fields) throws BadFieldException {
    Instant sent = Instant.ofEpochMilli(required(fields, "sender_ts"));
    Duration stated = Duration.ofMillis(Math.max(0, required(fields, "lifetime")));
    Duration lifetime =
        stated.compareTo(CallNotification.MAX_LIFETIME) < 0
            ? stated
            : CallNotification.MAX_LIFETIME;
    Instant accepted = Instant.ofEpochMilli(Fields.cut(event.originServerTs().toEpochMilli()));
    return (sent.isAfter(accepted.plus(CLOCK_SKEW)) ? accepted : sent).plus(lifetime);
  }

  private static long required(Fields fields, String name) throws BadFieldException {
    Optional<Long> millis = fields.millis(name);
    if (millis.isEmpty()) {
      throw fields.bad(name);
    }
    return millis.get();
  }

  private static String reference(Fields fields) throws BadFieldException {
    Fields relation = fields.object(RELATION);
    if (!relation.text("rel_type").equals(REFERENCE)) {
      throw relation.bad("rel_type");
    }
    return relation.filled("event_id");
  }
}
