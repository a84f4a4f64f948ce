package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/** Writes call notifications (MSC4075) and declines (MSC4310) as matrix-js-sdk does. */
final class CallNoticeContent {
  private CallNoticeContent() {}

  /** A notification that refers to the own membership. */
  static ObjectNode notification(
      NotificationRequest request,
      SlotId slot,
      String memberEventId,
      Optional<String> intent,
      Instant now) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    ObjectNode mentions = content.putObject("m.mentions");
    ArrayNode users = mentions.putArray("user_ids");
    request.mentionedUsers().stream().sorted().forEach(users::add);
    mentions.put("room", request.mentionsRoom());
    content.put(
        "notification_type",
        request.type() == CallNotification.Type.RING ? "ring" : "notification");
    content.set("m.relates_to", reference(memberEventId));
    content.put("sender_ts", now.toEpochMilli());
    content.put("lifetime", request.lifetime().toMillis());
    intent.ifPresent(word -> content.put("m.call.intent", word));
    content.put("slot_id", slot.toString());
    content.put("msc4354_sticky_key", slot.toString());
    return content;
  }

  /** A decline of a notification. */
  static ObjectNode decline(String notificationEventId) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.set("m.relates_to", reference(notificationEventId));
    content.put("msc4354_sticky_key", notificationEventId);
    return content;
  }

  private static ObjectNode reference(String eventId) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("rel_type", "m.reference")
        .put("event_id", eventId);
  }
}
