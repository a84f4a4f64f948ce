package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Writes own sticky memberships, with the fields of both deployed forms (G2-BOTH). */
final class StickyMembershipContent {
  private static final String STICKY_KEY = "msc4354_sticky_key";

  private StickyMembershipContent() {}

  /**
   * The content of a membership.
   *
   * @param previous the own event that this one takes the place of, except in a join
   */
  static ObjectNode joined(
      SessionSettings settings, JoinRequest request, Optional<String> previous) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("slot_id", settings.slot().toString());
    ObjectNode application = content.putObject("application");
    application.setAll(request.application());
    application.put("type", settings.slot().application());
    request.intent().ifPresent(intent -> application.put("m.call.intent", intent));
    content
        .putObject("member")
        .put("id", settings.memberId())
        .put("user_id", settings.own().userId())
        .put("device_id", settings.own().deviceId());
    ObjectNode transports = content.putObject("transports");
    ArrayNode published = transports.putArray("published");
    ArrayNode canSubscribe = transports.putArray("can_subscribe");
    ArrayNode older = content.putArray("rtc_transports");
    request
        .transports()
        .forEach(
            transport -> {
              published.add(transport.fields());
              older.add(transport.fields());
            });
    request.transports().stream().map(Transport::type).distinct().forEach(canSubscribe::add);
    content.putArray("versions");
    previous.ifPresent(
        eventId ->
            content
                .putObject("m.relates_to")
                .put("rel_type", "m.reference")
                .put("event_id", eventId));
    content.put(STICKY_KEY, settings.memberId());
    return content;
  }

  /** The content of a leave. */
  static ObjectNode left(SessionSettings settings) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("slot_id", settings.slot().toString())
        .put(STICKY_KEY, settings.memberId());
  }
}
